// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note

//! What the module and its client say to each other.
//!
//! The module and the client both include this file. All numbers are in the byte order of the
//! machine.

/// The type of the ioctl numbers.
pub const IOCTL_TYPE: u8 = 0xb7;
/// `_IOW(IOCTL_TYPE, 1, i32)`: looks at the process with this PID from now on.
pub const IOCTL_ATTACH: u8 = 1;
/// `_IOWR(IOCTL_TYPE, 2, Vmas)`: reads the VMAs of the process.
pub const IOCTL_VMAS: u8 = 2;
/// `_IOWR(IOCTL_TYPE, 3, Pages)`: reads what the page tables of the process say.
pub const IOCTL_PAGES: u8 = 3;
/// `_IOWR(IOCTL_TYPE, 4, Wss)`: counts the pages that were accessed since the last time, and
/// forgets that they were. Only if mmscope is built into the kernel.
pub const IOCTL_WSS: u8 = 4;

/// The argument of [`IOCTL_VMAS`].
///
/// The module fills `buf` with as many rows as fit, each a [`VmaRow`], its name, and padding to a
/// multiple of eight bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Vmas {
    /// In: the address from which on to look, page-aligned. Out: from where to go on.
    pub from: u64,
    /// In: the address of the buffer for the rows.
    pub buf: u64,
    /// In: the size of the buffer, in bytes. Out: how much of it was filled.
    pub buf_len: u64,
    /// Out: the number of rows.
    pub rows: u32,
    /// Out: how many of the rows could not be had without the mmap lock.
    pub fallbacks: u32,
    /// Out: how many of the rows were read under the mmap lock itself.
    pub mmap_locked: u32,
    /// Out: 1 if there is no VMA after these, else 0.
    pub end: u32,
}

/// One VMA.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct VmaRow {
    /// The first address, in bytes.
    pub start: u64,
    /// The first address after the VMA, in bytes.
    pub end: u64,
    /// `vm_flags`.
    pub flags: u64,
    /// `vm_pgoff`, in pages; 0 if it is a page frame number that the caller may not see.
    pub pgoff: u64,
    /// The size of the row with its name and padding, in bytes.
    pub len: u32,
    /// The size of the name, in bytes.
    pub name_len: u16,
    /// What the name is, a `NAME_` constant.
    pub name_kind: u8,
    /// A combination of the `ROW_` constants.
    pub row_flags: u8,
}

/// There is no name.
pub const NAME_NONE: u8 = 0;
/// The name is the path of the mapped file.
pub const NAME_FILE: u8 = 1;
/// The VMA maps a file whose path is longer than `PATH_MAX`.
pub const NAME_FILE_TOO_LONG: u8 = 2;
/// The name was given to shared anonymous memory by `PR_SET_VMA_ANON_NAME`.
pub const NAME_ANON_SHARED: u8 = 3;
/// The name was given to private anonymous memory by `PR_SET_VMA_ANON_NAME`.
pub const NAME_ANON: u8 = 4;
/// The name was given by the kernel or a driver, such as `[vdso]`.
pub const NAME_SPECIAL: u8 = 5;
/// The VMA is the heap.
pub const NAME_HEAP: u8 = 6;
/// The VMA is the initial stack.
pub const NAME_STACK: u8 = 7;

/// The VMA maps anonymous memory.
pub const ROW_ANONYMOUS: u8 = 1;
/// The VMA was read under the mmap lock.
pub const ROW_MMAP_LOCKED: u8 = 2;

/// `VM_READ` in [`VmaRow::flags`].
pub const VM_READ: u64 = 1;
/// `VM_WRITE` in [`VmaRow::flags`].
pub const VM_WRITE: u64 = 2;
/// `VM_EXEC` in [`VmaRow::flags`].
pub const VM_EXEC: u64 = 4;
/// `VM_MAYSHARE` in [`VmaRow::flags`].
pub const VM_MAYSHARE: u64 = 0x80;

/// The argument of [`IOCTL_PAGES`].
///
/// The module fills `buf` with as many rows as fit, each a [`PageRow`], and with it, where there
/// are page tables and that was asked for, the state of each of its pages, a `u16`, padding to a
/// multiple of eight bytes, and the number of the page frame of each of its pages, a `u64`, 0 if
/// none is present.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Pages {
    /// In: the address from which on to look, page-aligned. Out: from where to go on.
    pub from: u64,
    /// In: the address of the buffer for the rows.
    pub buf: u64,
    /// In: the size of the buffer, in bytes. Out: how much of it was filled.
    pub buf_len: u64,
    /// In: a combination of the `PAGES_` constants.
    pub flags: u32,
    /// Out: the number of rows.
    pub rows: u32,
    /// Out: how many of the rows could not be had without the mmap lock.
    pub fallbacks: u32,
    /// Out: 1 if there is no VMA after these, else 0.
    pub end: u32,
}

/// Writes the state of each page.
pub const PAGES_STATES: u32 = 1;
/// Writes the number of the page frame of each page, with its state. It takes `CAP_SYS_ADMIN`.
pub const PAGES_PFNS: u32 = 2;

/// Pages that lie side by side in one VMA.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct PageRow {
    /// The first address of the VMA, in bytes.
    pub vma_start: u64,
    /// The first address after the VMA, in bytes.
    pub vma_end: u64,
    /// `vm_flags` of the VMA.
    pub vma_flags: u64,
    /// The address of the first page.
    pub start: u64,
    /// The first address after the last page.
    pub end: u64,
    /// How many of the pages are what.
    pub counts: PageCounts,
    /// The size of the row with all that comes with it, in bytes.
    pub len: u32,
    /// A combination of [`ROW_ANONYMOUS`], [`ROW_MMAP_LOCKED`], [`ROW_STATES`] and [`ROW_PFNS`].
    pub row_flags: u32,
}

/// The states of the pages come with the row.
pub const ROW_STATES: u8 = 4;
/// The numbers of the page frames come with the row.
pub const ROW_PFNS: u8 = 8;

/// Numbers of pages.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PageCounts {
    /// By kind. Each page is counted once.
    pub kinds: [u64; PAGE_KINDS],
    /// By property: those with the lowest bit after [`PAGE_KIND`], those with the next one, ...
    pub properties: [u64; PAGE_PROPERTIES],
}

/// The bits for what the entry for a page is, one of the following.
pub const PAGE_KIND: u16 = 0xf;
/// How many kinds there are.
pub const PAGE_KINDS: usize = 9;
/// There is nothing.
pub const PAGE_NONE: u16 = 0;
/// A page is mapped, accessible or not.
pub const PAGE_PRESENT: u16 = 1;
/// The page is swapped out.
pub const PAGE_SWAPPED: u16 = 2;
/// The page is being moved to another page frame.
pub const PAGE_MIGRATING: u16 = 3;
/// A device has the page, and the CPU cannot access it.
pub const PAGE_DEVICE: u16 = 4;
/// There is no page, but a mark: [`PAGE_GUARD`], [`PAGE_POISON`] or [`PAGE_UFFD`].
pub const PAGE_MARKED: u16 = 5;
/// The memory of the page has failed.
pub const PAGE_FAILED: u16 = 6;
/// The entry is nothing that the architecture knows.
pub const PAGE_UNKNOWN: u16 = 7;
/// The page was not looked at, as its VMA is hugetlb's.
pub const PAGE_UNINSPECTED: u16 = 8;

/// How many properties follow.
pub const PAGE_PROPERTIES: usize = 9;
/// The page was accessed through this entry since the bit was last cleared.
pub const PAGE_YOUNG: u16 = 1 << 4;
/// The page was written through this entry since the bit was last cleared.
pub const PAGE_DIRTY: u16 = 1 << 5;
/// The entry is above those of single pages, and is for many.
pub const PAGE_HUGE: u16 = 1 << 6;
/// The entry maps no page that is counted: a device's page frame, or a zero page.
pub const PAGE_SPECIAL: u16 = 1 << 7;
/// The entry maps the zero page or the huge zero page.
pub const PAGE_ZERO: u16 = 1 << 8;
/// Userfaultfd tracks accesses to the page, or to where none is.
pub const PAGE_UFFD: u16 = 1 << 9;
/// The place is a guard region of `madvise(MADV_GUARD_INSTALL)`.
pub const PAGE_GUARD: u16 = 1 << 10;
/// The place is poisoned.
pub const PAGE_POISON: u16 = 1 << 11;
/// The page was written since soft-dirty bits were last cleared.
pub const PAGE_SOFT_DIRTY: u16 = 1 << 12;

impl PageCounts {
    /// Counts pages that are in a state.
    pub fn add(&mut self, state: u16, pages: u64) {
        if let Some(count) = self.kinds.get_mut((state & PAGE_KIND) as usize) {
            *count += pages;
        }
        let mut properties = state & !PAGE_KIND;
        while properties != 0 {
            let i = (properties.trailing_zeros() - PAGE_KIND.count_ones()) as usize;
            if let Some(count) = self.properties.get_mut(i) {
                *count += pages;
            }
            properties &= properties - 1;
        }
    }
}

/// The argument of [`IOCTL_WSS`].
///
/// The kernel fills `buf` with as many [`WssRow`]s as fit, or as one call may make. Hugetlb pages,
/// and pages larger than a PMD entry maps, are not looked at.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Wss {
    /// In: the address from which on to look, page-aligned. Out: from where to go on.
    pub from: u64,
    /// In: the address of the buffer for the rows.
    pub buf: u64,
    /// In: the size of the buffer, in bytes. Out: how much of it was filled.
    pub buf_len: u64,
    /// Out: the number of rows.
    pub rows: u32,
    /// In: 0 or [`WSS_FLUSH`].
    pub flags: u32,
    /// Out: 1 if there is no VMA after these, else 0.
    pub end: u32,
    /// In: 0.
    pub reserved: u32,
}

/// Flushes the TLBs of the CPUs for what was changed, so that each access from now on is seen.
pub const WSS_FLUSH: u32 = 1;

/// A VMA, or the part of one that a call came to. All counts are of pages of the least size, and
/// of those only that are counted as memory: not of the zero page, nor of a device's memory.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct WssRow {
    /// The first address, in bytes.
    pub start: u64,
    /// The first address after it, in bytes.
    pub end: u64,
    /// Pages that are present, each by an entry of its own.
    pub present: u64,
    /// Those of them that were accessed.
    pub young: u64,
    /// Pages that are present as part of a huge page.
    pub huge: u64,
    /// Those of them whose huge page was accessed.
    pub huge_young: u64,
    /// A combination of the `WSS_ROW_` constants.
    pub row_flags: u64,
}

/// The VMA is hugetlb's, or the stack of a process in `execve`, and was not looked at.
pub const WSS_ROW_UNINSPECTED: u64 = 1;
