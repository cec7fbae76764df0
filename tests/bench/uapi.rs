// SPDX-License-Identifier: GPL-2.0-only

//! What `/dev/mmguard-bench` and the init of the test VM say to each other.
//!
//! Both include this file. The caller's own memory is looked at.

/// The type of the ioctl numbers.
pub const IOCTL_TYPE: u8 = 0xb9;
/// `_IOWR(IOCTL_TYPE, 1, Scan)`: counts the entries of a VMA.
pub const SCAN: u8 = 1;
/// `_IOWR(IOCTL_TYPE, 2, Repeat)`: does an operation many times.
pub const REPEAT: u8 = 2;

/// By the guards of mmguard.
pub const GUARDS: u32 = 0;
/// By the twin in C.
pub const TWIN: u32 = 1;
/// By `kernel::mm`.
pub const KERNEL_MM: u32 = 2;

/// What the entries of the PTE tables of a VMA contain, in numbers of entries.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// A page that is present.
    pub present: u64,
    /// A page that is present, and was accessed.
    pub young: u64,
    /// A page that is present, and was written.
    pub dirty: u64,
    /// Nothing.
    pub none: u64,
}

/// Counts the entries of the VMA that `addr` is in.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Scan {
    /// In: an address of the VMA.
    pub addr: u64,
    /// In: [`GUARDS`] or [`TWIN`].
    pub who: u32,
    /// Zero.
    pub padding: u32,
    /// Out: the cycles that it took.
    pub cycles: u64,
    /// Out: what there was.
    pub counts: Counts,
}

/// Does an operation many times.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Repeat {
    /// In: an address. The operation is done for it, then for that of the next page, and so on.
    pub addr: u64,
    /// In: how many times. So many pages after the address must be in the same VMA.
    pub times: u32,
    /// In: one of those below.
    pub operation: u32,
    /// In: [`GUARDS`] or [`TWIN`], or [`KERNEL_MM`] for [`VMA_READ`] and [`MMAP_READ`].
    pub who: u32,
    /// Zero.
    pub padding: u32,
    /// Out: the cycles that it took.
    pub cycles: u64,
    /// Out: a sum of what was seen on the way, the same for all who do the same.
    pub sum: u64,
}

/// Takes the VMA read lock, looks at the size of the VMA, and drops it.
pub const VMA_READ: u32 = 1;
/// Takes the mmap read lock, looks for a VMA and at its size, and drops it.
pub const MMAP_READ: u32 = 2;
/// Takes the VMA read lock, or else the mmap read lock, looks at the size, and drops it.
pub const STABILISE: u32 = 3;
/// Goes from a VMA to a PMD entry.
pub const PMD_ENTRY: u32 = 4;
/// Takes the lock of a PTE table, and drops it.
pub const LOCK_PTE_TABLE: u32 = 5;
/// Lets the driver of a VMA handle a fault that maps a page. `addr` is the beginning of a mapping of
/// the device: see [`FAULT_PAGES`].
pub const FAULT: u32 = 6;

/// How many pages a mapping of the device may have. At offset 0 they are mapped by the guards, and
/// after that by the twin.
pub const FAULT_PAGES: usize = 1000;
