// SPDX-License-Identifier: GPL-2.0-only

//! What `/dev/mmguard-contend` and the init of the test VM say to each other.
//!
//! Both include this file, and so does the model in `tests/model`.

/// The type of the ioctl numbers.
pub const IOCTL_TYPE: u8 = 0xb8;
/// `_IOW(IOCTL_TYPE, 1, Request)`: takes the VMA read lock, if it can be had at once.
///
/// `EAGAIN` if it cannot; `EFAULT` if there is no VMA.
pub const HOLD_READ: u8 = 1;
/// `_IOW(IOCTL_TYPE, 2, Request)`: takes the VMA write lock.
pub const WRITE: u8 = 2;
/// `_IOW(IOCTL_TYPE, 3, Request)`: takes the VMA write lock, unless the task is killed.
pub const WRITE_KILLABLE: u8 = 3;
/// `_IOW(IOCTL_TYPE, 4, Request)`: takes the VMA write lock, and then downgrades the mmap lock.
pub const WRITE_DOWNGRADE: u8 = 4;
/// `_IOW(IOCTL_TYPE, 5, u32)`: lets the task with this record go one step on.
pub const RELEASE: u8 = 5;
/// `_IOWR(IOCTL_TYPE, 6, Status)`: reads a record.
pub const STATUS: u8 = 6;
/// `_IOW(IOCTL_TYPE, 7, Request)`: takes the lock of the PTE table for the address.
///
/// It is a spinlock: its holder spins, for no longer than [`MAX_SPIN`]. `ENOENT` if there is no
/// table; `EFAULT` if there is no VMA.
pub const LOCK_TABLE: u8 = 7;
/// `_IOWR(IOCTL_TYPE, 8, Vanish)`: takes such locks over and over.
pub const VANISH: u8 = 8;

/// `_IOW(IOCTL_TYPE, 9, Request)`: keeps the mm of a process until [`RELEASE`], and then drops it
/// under the mmap lock of the caller's own, and under the lock of a file that it maps.
///
/// `ENOENT` if it maps none.
pub const LAST_USER: u8 = 9;

/// `_IOWR(IOCTL_TYPE, 10, Conform)`: looks at VMAs under RCU alone.
///
/// `ENOTTY` without VMA locks.
pub const CONFORM: u8 = 10;

/// How many records an open device has.
pub const RECORDS: usize = 4;

/// How long the lock of a table is held if nobody releases it, in nanoseconds.
pub const MAX_SPIN: u64 = 2_000_000_000;

/// What a lock is taken of.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Request {
    /// An address in the VMA.
    pub addr: u64,
    /// Whose VMA it is.
    pub pid: i32,
    /// The record that tells how it goes, which is reset.
    pub record: u32,
    /// Whether the lock is held until [`RELEASE`]: 0 or 1. What is downgraded is held twice.
    pub hold: u32,
    /// Zero.
    pub padding: u32,
}

/// A record: how far a task is that takes a lock.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// In: which one.
    pub record: u32,
    /// One of the states below.
    pub state: u32,
    /// In the end: the error, or 0.
    pub errno: i32,
    /// Whether there was a guard of the VMA lock: 0 or 1.
    pub guard: u32,
    /// Whether a writer waits for this reader: 0 or 1. The reader looks every millisecond.
    pub writer_waits: u32,
    /// Whether each PTE table has a lock of its own: 0 or 1.
    pub split_locks: u32,
    /// When the wait for the lock of a table began, in nanoseconds of the monotonic clock.
    pub waits_since: u64,
    /// When that lock was taken, or 0.
    pub holds_since: u64,
    /// When it was about to be released, or 0.
    pub held_until: u64,
}

/// A lot of looks at the tables of a process, which may vanish meanwhile.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Vanish {
    /// In: the first address.
    pub addr: u64,
    /// In: from one address to the next, in bytes.
    pub step: u64,
    /// In: how many addresses there are, which take turns.
    pub places: u32,
    /// In: whose tables they are.
    pub pid: i32,
    /// In: how often to look.
    pub tries: u64,
    /// In: one of the ways below.
    pub how: u32,
    /// Zero.
    pub padding: u32,
    /// How often a table was locked, or both were.
    pub tables: u64,
    /// How often the entry did not lead to that table then, or this task had not its lock.
    pub wrong: u64,
    /// How often there was no VMA.
    pub no_vma: u64,
    /// How often there was no table, as the entry was empty.
    pub empty: u64,
    /// How often there was a huge page.
    pub leaf: u64,
    /// How often there was a huge page that was not present.
    pub not_present: u64,
    /// How often the PMD entry had changed when the lock was taken, and the step was repeated.
    pub changed: u64,
    /// How often a table was unmapped under its lock, before one that was mapped after it, or not
    /// at all.
    pub misplaced: u64,
}

/// A lot of looks at VMAs of a process.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Conform {
    /// In: the first address.
    pub addr: u64,
    /// In: from one address to the next, in bytes.
    pub step: u64,
    /// In: how many addresses there are, which take turns.
    pub places: u32,
    /// In: whose VMAs they are.
    pub pid: i32,
    /// In: the address of that many [`Look`]s.
    pub buf: u64,
    /// In: how often to look, at most [`Conform::MAX_LOOKS`].
    pub looks: u32,
    /// How often there was no VMA, which is no look.
    pub no_vma: u32,
}

impl Conform {
    /// What there is room for in one request.
    pub const MAX_LOOKS: u32 = 1 << 14;
}

/// What one look saw: the fields, in the order in which they are loaded.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Before the VMA is looked up.
    pub mm_lock_seq: u32,
    /// The VMA's.
    pub vm_refcnt: u32,
    /// The VMA's.
    pub vm_lock_seq: u32,
    /// Whether `vm_mm` is the mm in whose tree the VMA was found: 0 or 1.
    pub own: u32,
    /// Once more, in the end.
    pub mm_lock_seq_after: u32,
}

/// The lock of one PTE table.
pub const ONE: u32 = 0;
/// The locks of the PTE table and of the next one.
pub const PAIR: u32 = 1;
/// The lock of the PTE table under that of its PMD table.
pub const BELOW_PMD: u32 = 2;

/// What a PTE table covers, in bytes.
pub const TABLE: u64 = 2 << 20;

/// Nobody has used the record.
pub const UNUSED: u32 = 0;
/// The task has not got its lock yet.
pub const WAITS: u32 = 1;
/// The task holds the lock.
pub const HOLDS: u32 = 2;
/// The task holds the downgraded mmap lock.
pub const DOWNGRADED: u32 = 3;
/// The task is through, and holds nothing.
pub const DONE: u32 = 4;
