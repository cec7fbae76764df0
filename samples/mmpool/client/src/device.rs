// SPDX-License-Identifier: GPL-2.0-only

//! Talking to the device.

use crate::uapi::{
    Range, Setup, Stats, Word, IOCTL_RESUME, IOCTL_REVOKE, IOCTL_RING, IOCTL_SETUP, IOCTL_STATS,
    IOCTL_SUSPEND, IOCTL_TYPE, IOCTL_WORD,
};
use nix::{
    errno::Errno, libc, request_code_none, request_code_read, request_code_readwrite,
    request_code_write,
};
use std::{
    fs::File,
    io,
    os::fd::{AsFd, AsRawFd, BorrowedFd},
};

/// Where the device is.
pub const PATH: &str = "/dev/mmpool";
/// The number of the ioctl that makes an object.
pub const SETUP: u64 = request_code_write!(IOCTL_TYPE, IOCTL_SETUP, size_of::<Setup>());
/// The number of the ioctl that takes pages back.
pub const REVOKE: u64 = request_code_write!(IOCTL_TYPE, IOCTL_REVOKE, size_of::<Range>());
/// The number of the ioctl that tells what happened.
pub const STATS: u64 = request_code_read!(IOCTL_TYPE, IOCTL_STATS, size_of::<Stats>());
/// The number of the ioctl that reads or writes a word.
pub const WORD: u64 = request_code_readwrite!(IOCTL_TYPE, IOCTL_WORD, size_of::<Word>());
/// The number of the ioctl that forbids accesses.
pub const SUSPEND: u64 = request_code_none!(IOCTL_TYPE, IOCTL_SUSPEND);
/// The number of the ioctl that lets accesses be again.
pub const RESUME: u64 = request_code_none!(IOCTL_TYPE, IOCTL_RESUME);
/// The number of the ioctl that takes the entries out of the ring.
pub const RING: u64 = request_code_none!(IOCTL_TYPE, IOCTL_RING);

/// An open device.
pub struct Device(File);

impl Device {
    /// Opens the device.
    pub fn open() -> io::Result<Self> {
        File::options().read(true).write(true).open(PATH).map(Self)
    }

    /// Makes the object: its kind, a combination of the `SETUP_` constants, and its length in pages.
    pub fn set_up(&self, kind: u32, flags: u32, pages: u64) -> Result<(), Errno> {
        let setup = Setup { kind, flags, pages };
        // SAFETY: The ioctl reads a `Setup`, and the pointer is to one.
        unsafe { self.ioctl(SETUP, &raw const setup as usize) }.map(drop)
    }

    /// Takes pages back, from the page `start` on. Returns how many there were that were made on
    /// fault.
    pub fn revoke(&self, start: u64, pages: u64) -> Result<u32, Errno> {
        let range = Range { start, pages };
        // SAFETY: The ioctl reads a `Range`, and the pointer is to one.
        unsafe { self.ioctl(REVOKE, &raw const range as usize) }
    }

    /// What happened to the object so far.
    pub fn stats(&self) -> Result<Stats, Errno> {
        let mut stats = Stats::default();
        // SAFETY: The ioctl writes a `Stats`, and the pointer is to one.
        unsafe { self.ioctl(STATS, &raw mut stats as usize)? };
        Ok(stats)
    }

    /// Has the kernel read a word of the object, at an offset in bytes.
    pub fn read_word(&self, offset: u64) -> Result<u32, Errno> {
        self.word(Word {
            offset,
            value: 0,
            write: 0,
        })
    }

    /// Has the kernel write a word of the object, at an offset in bytes.
    pub fn write_word(&self, offset: u64, value: u32) -> Result<(), Errno> {
        self.word(Word {
            offset,
            value,
            write: 1,
        })
        .map(drop)
    }

    fn word(&self, mut word: Word) -> Result<u32, Errno> {
        // SAFETY: The ioctl reads and writes a `Word`, and the pointer is to one.
        unsafe { self.ioctl(WORD, &raw mut word as usize)? };
        Ok(word.value)
    }

    /// Takes all pages back. From then on, an access gets `SIGBUS`.
    pub fn suspend(&self) -> Result<(), Errno> {
        // SAFETY: It has no argument.
        unsafe { self.ioctl(SUSPEND, 0) }.map(drop)
    }

    /// Lets accesses be again.
    pub fn resume(&self) -> Result<(), Errno> {
        // SAFETY: It has no argument.
        unsafe { self.ioctl(RESUME, 0) }.map(drop)
    }

    /// Has the kernel take the entries out of the ring. Returns how many there were.
    pub fn ring(&self) -> Result<u32, Errno> {
        // SAFETY: It has no argument.
        unsafe { self.ioctl(RING, 0) }
    }

    /// Any ioctl at all.
    ///
    /// # Safety
    ///
    /// What the ioctl does with `arg` must be sound.
    pub unsafe fn ioctl(&self, number: u64, arg: usize) -> Result<u32, Errno> {
        // SAFETY: By the requirements of this function.
        let result = Errno::result(unsafe { libc::ioctl(self.0.as_raw_fd(), number as _, arg) })?;
        Ok(result as u32)
    }
}

impl AsFd for Device {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ioctl_numbers() {
        assert_eq!(SETUP, 0x4010_5001);
        assert_eq!(REVOKE, 0x4010_5002);
        assert_eq!(STATS, 0x8040_5003);
        assert_eq!(WORD, 0xc010_5004);
        assert_eq!([SUSPEND, RESUME, RING], [0x5005, 0x5006, 0x5007]);
    }
}
