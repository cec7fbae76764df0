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
    /// `vm_pgoff`, in pages.
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
