// SPDX-License-Identifier: GPL-2.0-only

//! Talking to the device.

use crate::{
    row::{self, Malformed, Row},
    uapi::{Pages, Vmas, IOCTL_ATTACH, IOCTL_PAGES, IOCTL_TYPE, IOCTL_VMAS},
};
use nix::{errno::Errno, libc, request_code_readwrite, request_code_write};
use std::{
    fmt,
    fs::File,
    io,
    os::fd::{AsRawFd, OwnedFd},
};

/// Where the device is.
pub const PATH: &str = "/dev/mmscope";
/// The number of the ioctl that attaches.
pub const ATTACH: u64 = request_code_write!(IOCTL_TYPE, IOCTL_ATTACH, size_of::<i32>());
/// The number of the ioctl that reads.
pub const VMAS: u64 = request_code_readwrite!(IOCTL_TYPE, IOCTL_VMAS, size_of::<Vmas>());
/// The number of the ioctl that reads page tables.
pub const PAGES: u64 = request_code_readwrite!(IOCTL_TYPE, IOCTL_PAGES, size_of::<Pages>());

/// How much is read at once, where it need not be all.
const CHUNK: usize = 1 << 18;
/// A buffer that holds any one row: a row, a path of `PATH_MAX` bytes, and padding.
const LONGEST_ROW: usize = 8192;

/// An open device.
pub struct Device(File);

/// Why a walk did not come to its end.
#[derive(Debug)]
pub enum ReadError {
    /// The device said so.
    Errno(Errno),
    /// The rows do not fit in the buffer.
    Full,
    /// The device wrote something that makes no sense.
    Malformed(Malformed),
}

/// A whole walk, as the device wrote it. Its buffer does not grow, so that a process that reads
/// about itself does not change what it reads about.
pub struct RawWalk {
    buf: Vec<u8>,
    filled: usize,
    pub counts: Counts,
}

/// How the rows of a walk were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All rows.
    pub rows: usize,
    /// Those that could not be had without the mmap lock.
    pub fallbacks: usize,
    /// Those of them that were read under the mmap lock itself.
    pub mmap_locked: usize,
    /// How many ioctls it took.
    pub calls: usize,
}

impl Device {
    /// Opens the device.
    pub fn open() -> io::Result<Self> {
        File::open(PATH).map(Self)
    }

    /// Looks at the process with this PID from now on.
    pub fn attach(&self, pid: i32) -> Result<(), Errno> {
        // SAFETY: The ioctl reads an `i32`, and the pointer is to one.
        unsafe { self.ioctl(ATTACH, &raw const pid as usize) }
    }

    /// Reads the VMAs that end after `from`, as many as fit.
    pub fn read(&self, from: u64, buf: &mut [u8]) -> Result<Vmas, Errno> {
        let mut vmas = Vmas {
            from,
            buf: buf.as_mut_ptr() as u64,
            buf_len: buf.len() as u64,
            ..Vmas::default()
        };
        // SAFETY: The ioctl reads and writes a `Vmas`, and the pointer is to one. It writes at
        // most `buf_len` bytes to `buf`, which is valid for writes of as many.
        unsafe { self.ioctl(VMAS, &raw mut vmas as usize)? };
        Ok(vmas)
    }

    /// Reads the page tables from `from` on, as much as fits.
    pub fn read_pages(&self, from: u64, flags: u32, buf: &mut [u8]) -> Result<Pages, Errno> {
        let mut pages = Pages {
            from,
            buf: buf.as_mut_ptr() as u64,
            buf_len: buf.len() as u64,
            flags,
            ..Pages::default()
        };
        // SAFETY: As in `read`.
        unsafe { self.ioctl(PAGES, &raw mut pages as usize)? };
        Ok(pages)
    }

    /// Any ioctl at all.
    ///
    /// # Safety
    ///
    /// What the ioctl does with `arg` must be sound.
    pub unsafe fn ioctl(&self, number: u64, arg: usize) -> Result<(), Errno> {
        // SAFETY: By the requirements of this function.
        Errno::result(unsafe { libc::ioctl(self.0.as_raw_fd(), number as _, arg) }).map(drop)
    }

    /// Reads all VMAs into `walk`, at most `chunk` bytes per call, or more if a row needs it.
    ///
    /// Allocates nothing. `chunk` is not 0.
    pub fn walk_into(&self, walk: &mut RawWalk, chunk: usize) -> Result<(), ReadError> {
        walk.filled = 0;
        walk.counts = Counts::default();
        let mut next = Some(0);
        let mut limit = chunk;
        while let Some(from) = next {
            match self.step(walk, from, limit) {
                Err(ReadError::Errno(Errno::ENOSPC)) if limit < LONGEST_ROW => limit *= 2,
                result => {
                    next = result?;
                    limit = chunk;
                }
            }
        }
        Ok(())
    }

    /// Reads all VMAs.
    pub fn walk(&self) -> Result<(Vec<Row>, Counts), ReadError> {
        let mut part = RawWalk::new(CHUNK);
        let mut rows = Vec::new();
        let mut counts = Counts::default();
        let mut next = Some(0);
        while let Some(from) = next {
            part.filled = 0;
            part.counts = Counts::default();
            next = self.step(&mut part, from, CHUNK)?;
            rows.append(&mut part.rows()?);
            counts.add(&part.counts);
        }
        Ok((rows, counts))
    }

    /// Reads VMAs from an address on, and returns where to go on.
    fn step(&self, walk: &mut RawWalk, from: u64, limit: usize) -> Result<Option<u64>, ReadError> {
        let room = &mut walk.buf[walk.filled..];
        let len = room.len().min(limit);
        walk.counts.calls += 1;
        let vmas = match self.read(from, &mut room[..len]) {
            Ok(vmas) => vmas,
            Err(Errno::ENOSPC) if len == room.len() => return Err(ReadError::Full),
            Err(err) => return Err(ReadError::Errno(err)),
        };
        if vmas.buf_len as usize > len {
            return Err(Malformed("more than the buffer holds").into());
        }
        walk.filled += vmas.buf_len as usize;
        walk.counts.add(&Counts {
            rows: vmas.rows as usize,
            fallbacks: vmas.fallbacks as usize,
            mmap_locked: vmas.mmap_locked as usize,
            calls: 0,
        });
        match vmas.end {
            1 => Ok(None),
            0 if vmas.rows > 0 && vmas.from > from => Ok(Some(vmas.from)),
            _ => Err(Malformed("a call without progress").into()),
        }
    }
}

impl RawWalk {
    /// Makes a buffer of `size` bytes.
    pub fn new(size: usize) -> Self {
        Self {
            buf: vec![0; size],
            filled: 0,
            counts: Counts::default(),
        }
    }

    /// How much of the buffer is filled, in bytes.
    pub fn filled(&self) -> usize {
        self.filled
    }

    /// The rows, after a check that the counts hold for them.
    pub fn rows(&self) -> Result<Vec<Row>, Malformed> {
        let rows = row::parse(&self.buf[..self.filled])?;
        if rows.len() != self.counts.rows {
            return Err(Malformed("another number of rows than the device says"));
        }
        let mmap_locked = rows.iter().filter(|row| row.mmap_locked).count();
        if mmap_locked != self.counts.mmap_locked || mmap_locked > self.counts.fallbacks {
            return Err(Malformed(
                "rows whose locks are not those that were counted",
            ));
        }
        Ok(rows)
    }
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.fallbacks += other.fallbacks;
        self.mmap_locked += other.mmap_locked;
        self.calls += other.calls;
    }

    /// Rows that were read under their own lock at the first try.
    pub fn vma_locked(&self) -> usize {
        self.rows - self.fallbacks
    }

    /// Rows that were read under their own lock, after a fallback.
    pub fn after_fallback(&self) -> usize {
        self.fallbacks - self.mmap_locked
    }
}

impl From<OwnedFd> for Device {
    fn from(fd: OwnedFd) -> Self {
        Self(fd.into())
    }
}

impl From<Device> for OwnedFd {
    fn from(device: Device) -> Self {
        device.0.into()
    }
}

impl From<Malformed> for ReadError {
    fn from(err: Malformed) -> Self {
        Self::Malformed(err)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Errno(err) => write!(f, "{err}"),
            Self::Full => f.write_str("the rows do not fit in the buffer"),
            Self::Malformed(err) => write!(f, "{err}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ioctl_numbers() {
        assert_eq!(ATTACH, 0x4004_b701);
        assert_eq!(VMAS, 0xc028_b702);
        assert_eq!(PAGES, 0xc028_b703);
    }
}
