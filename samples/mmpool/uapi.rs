// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note

//! What the module and its client say to each other.
//!
//! The module and the client both include this file. All numbers are in the byte order of the
//! machine.

/// The type of the ioctl numbers.
pub const IOCTL_TYPE: u8 = b'P';
/// `_IOW(IOCTL_TYPE, 1, Setup)`: makes the object of this open file. There can be one.
pub const IOCTL_SETUP: u8 = 1;
/// `_IOW(IOCTL_TYPE, 2, Range)`: takes pages back from all who have them mapped. Returns how many
/// pages that were made on fault are gone by that.
pub const IOCTL_REVOKE: u8 = 2;
/// `_IOR(IOCTL_TYPE, 3, Stats)`: tells what happened to the object so far.
pub const IOCTL_STATS: u8 = 3;
/// `_IOWR(IOCTL_TYPE, 4, Word)`: reads or writes a word of the object, as the kernel does.
pub const IOCTL_WORD: u8 = 4;
/// `_IO(IOCTL_TYPE, 5)`: takes all pages back. From then on, an access gets `SIGBUS`.
pub const IOCTL_SUSPEND: u8 = 5;
/// `_IO(IOCTL_TYPE, 6)`: lets accesses be again.
pub const IOCTL_RESUME: u8 = 6;
/// `_IO(IOCTL_TYPE, 7)`: takes the entries out of the ring. Returns how many there were.
pub const IOCTL_RING: u8 = 7;

/// The argument of [`IOCTL_SETUP`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Setup {
    /// What the object maps, a `KIND_` constant.
    pub kind: u32,
    /// A combination of the `SETUP_` constants.
    pub flags: u32,
    /// The length of the object, in pages: 1 to [`MAX_PAGES`].
    pub pages: u64,
}

/// Pages that are made on fault.
pub const KIND_PAGES: u32 = 0;
/// Page frames that are mapped on fault.
pub const KIND_PFNS: u32 = 1;
/// Page frames at even offsets, and pages at odd ones.
pub const KIND_MIXED: u32 = 2;
/// Pages that are mapped at `mmap`. The object can be a [ring](RING_HEAD).
pub const KIND_PAGES_AT_MMAP: u32 = 3;
/// Page frames that are mapped at `mmap`.
pub const KIND_PFNS_AT_MMAP: u32 = 4;

/// User space only reads the object.
pub const SETUP_READ_ONLY: u32 = 1;
/// A child does not inherit a mapping of the object (`VM_DONTCOPY`).
pub const SETUP_DONTCOPY: u32 = 2;
/// A mapping is like one of device memory (`VM_IO`).
pub const SETUP_IO: u32 = 4;
/// The content is a cache, and is lost when memory is short. Of [`KIND_PAGES`] only.
pub const SETUP_PURGEABLE: u32 = 8;

/// The most pages that an object has.
pub const MAX_PAGES: u64 = 16384;

/// The argument of [`IOCTL_REVOKE`]: a part of the object. What is beyond its end is left out.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Range {
    /// The first page.
    pub start: u64,
    /// How many pages.
    pub pages: u64,
}

/// The argument of [`IOCTL_STATS`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// How often a page was to be mapped on fault.
    pub faults: u64,
    /// How many pages there are that were made on fault.
    pub present: u64,
    /// How many of such pages [`IOCTL_REVOKE`] and [`IOCTL_SUSPEND`] have taken back.
    pub revoked: u64,
    /// How many of such pages were freed as memory was short.
    pub shrunk: u64,
    /// How often a mapping came of another one, by a split, a fork or a move.
    pub opened: u64,
    /// How often a mapping went.
    pub closed: u64,
    /// How many objects the module has in all, those of other files too.
    pub objects: u64,
    /// How often a page became writable. Of [`KIND_PAGES`] only, else 0.
    pub writes: u64,
}

/// The argument of [`IOCTL_WORD`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Word {
    /// In: where in the object, in bytes, a multiple of four.
    pub offset: u64,
    /// In: what to write. Out: the word.
    pub value: u32,
    /// In: 1 to write, 0 to read.
    pub write: u32,
}

/// Where in the first page of a ring the head is, in bytes: how many entries user space has put in
/// so far.
///
/// The counts go on from `u32::MAX` with 0. The other pages of the ring are entries, each a `u32`.
/// That number `n` is at the index `n` modulo the number of entries that the pages hold.
pub const RING_HEAD: u64 = 0;
/// Where in the first page of a ring the tail is, in bytes: how many entries the kernel has taken
/// out so far.
pub const RING_TAIL: u64 = 4;
/// Where in the first page of a ring the sum is, in bytes: of all entries that the kernel has taken
/// out, modulo 2^32.
pub const RING_SUM: u64 = 8;
