// SPDX-License-Identifier: GPL-2.0-only

//! What `/dev/mmguard-contend` and the init of the test VM say to each other.
//!
//! Both include this file.

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

/// How many records an open device has.
pub const RECORDS: usize = 4;

/// What a lock is taken of.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Request {
    /// An address in the VMA.
    pub addr: u64,
    /// Whose VMA it is.
    pub pid: i32,
    /// The record that tells how it goes. It is begun anew.
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
}

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
