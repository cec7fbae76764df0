// SPDX-License-Identifier: GPL-2.0-only

//! The working set of a process: the pages that it accessed in an interval.

use crate::{
    device::{Device, ReadError},
    idle::IdlePages,
    row::Malformed,
    uapi::{Wss, WssRow, IOCTL_TYPE, IOCTL_WSS, WSS_FLUSH},
};
use nix::{errno::Errno, request_code_readwrite};
use std::{fmt, io};

/// The number of the ioctl that counts and forgets accesses.
pub const WSS: u64 = request_code_readwrite!(IOCTL_TYPE, IOCTL_WSS, size_of::<Wss>());

/// How many rows one call has room for.
const ROWS: usize = 256;

/// How accesses are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Means {
    /// The accessed bits of page tables; needs mmscope to be built into the kernel
    AccessedBits,
    /// The idle-page tracking of the kernel; needs CONFIG_IDLE_PAGE_TRACKING
    IdlePages,
}

/// Pages of a part of the address space. A page has the least size that there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that are present.
    pub present: u64,
    /// Those that were accessed.
    pub accessed: u64,
    /// Those that are present as part of a huge page.
    pub huge: u64,
    /// Those that are part of a huge page that was accessed.
    pub huge_accessed: u64,
    /// Those that the means does not see.
    pub not_tracked: u64,
}

/// A VMA, or a part of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    pub start: u64,
    pub end: u64,
    pub counts: Counts,
}

/// What sees the accesses of a process.
pub enum Meter<'d> {
    AccessedBits { device: &'d Device, flush: bool },
    IdlePages(IdlePages<'d>),
}

/// Why there is no working set.
#[derive(Debug)]
pub enum WssError {
    /// The process exited.
    Exited,
    /// The kernel has none of the means, or not the one that was asked for.
    NoMeans(Option<Means>),
    /// Idle-page tracking does not flush.
    NoFlush,
    Device(ReadError),
    Idle(io::Error),
}

impl<'d> Meter<'d> {
    /// Chooses a means that the kernel has.
    pub fn new(device: &'d Device, by: Option<Means>, flush: bool) -> Result<Self, WssError> {
        if by != Some(Means::IdlePages) {
            // There is no room for what would be forgotten.
            match device.read_wss(0, &mut [], 0) {
                Err(Errno::ENOTTY) => {}
                Err(Errno::ENOSPC) => return Ok(Self::AccessedBits { device, flush }),
                Err(err) => return Err(ReadError::Errno(err).into()),
                Ok(_) => {
                    return Err(ReadError::Malformed(Malformed("rows without a buffer")).into())
                }
            }
        }
        if by != Some(Means::AccessedBits) {
            match IdlePages::new(device) {
                Err(err) if err.kind() == io::ErrorKind::NotFound => {}
                Err(err) => return Err(WssError::Idle(err)),
                Ok(_) if flush => return Err(WssError::NoFlush),
                Ok(idle) => return Ok(Self::IdlePages(idle)),
            }
        }
        Err(WssError::NoMeans(by))
    }

    pub fn means(&self) -> Means {
        match self {
            Self::AccessedBits { .. } => Means::AccessedBits,
            Self::IdlePages(_) => Means::IdlePages,
        }
    }

    /// Ends an interval and begins the next one.
    ///
    /// Returns what was accessed since the last time. The first time that says nothing.
    pub fn next_interval(&mut self) -> Result<Vec<Range>, WssError> {
        match self {
            Self::AccessedBits { device, flush } => device.accessed(*flush),
            Self::IdlePages(idle) => idle.next_interval(),
        }
    }
}

impl Device {
    /// Counts and forgets accesses from an address on. Returns how many rows there are.
    pub fn read_wss(&self, from: u64, rows: &mut [WssRow], flags: u32) -> Result<Wss, Errno> {
        let mut wss = Wss {
            from,
            buf: rows.as_mut_ptr() as u64,
            buf_len: size_of_val(rows) as u64,
            flags,
            ..Wss::default()
        };
        // SAFETY: The ioctl reads and writes a `Wss`, and the pointer is to one. It writes rows to
        // `buf`, at most `buf_len` bytes, which is valid for that.
        unsafe { self.ioctl(WSS, &raw mut wss as usize)? };
        Ok(wss)
    }

    /// Counts and forgets all accesses.
    fn accessed(&self, flush: bool) -> Result<Vec<Range>, WssError> {
        let flags = if flush { WSS_FLUSH } else { 0 };
        let mut ranges = Vec::new();
        let mut rows = [WssRow::default(); ROWS];
        let mut from = 0;
        loop {
            let wss = self
                .read_wss(from, &mut rows, flags)
                .map_err(ReadError::Errno)?;
            let rows = rows
                .get(..wss.rows as usize)
                .ok_or(ReadError::Malformed(Malformed(
                    "more rows than there is room for",
                )))?;
            ranges.extend(rows.iter().map(Range::from));
            match wss.end {
                1 => return Ok(ranges),
                0 if wss.from > from => from = wss.from,
                _ => return Err(ReadError::Malformed(Malformed("a call without progress")).into()),
            }
        }
    }
}

impl From<&WssRow> for Range {
    fn from(row: &WssRow) -> Self {
        Self {
            start: row.start,
            end: row.end,
            counts: Counts {
                present: row.present + row.huge,
                accessed: row.young + row.huge_young,
                huge: row.huge,
                huge_accessed: row.huge_young,
                not_tracked: 0,
            },
        }
    }
}

impl Counts {
    /// The sum over all ranges.
    pub fn sum<'r>(ranges: impl IntoIterator<Item = &'r Range>) -> Self {
        ranges.into_iter().fold(Self::default(), |sum, range| Self {
            present: sum.present + range.counts.present,
            accessed: sum.accessed + range.counts.accessed,
            huge: sum.huge + range.counts.huge,
            huge_accessed: sum.huge_accessed + range.counts.huge_accessed,
            not_tracked: sum.not_tracked + range.counts.not_tracked,
        })
    }
}

impl WssError {
    /// A word for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Exited => "exited",
            Self::NoMeans(_) => "no-means",
            Self::NoFlush => "no-flush",
            Self::Device(ReadError::Errno(Errno::EPERM)) => "not-permitted",
            Self::Device(_) => "device",
            Self::Idle(_) => "idle-pages",
        }
    }
}

impl From<ReadError> for WssError {
    fn from(err: ReadError) -> Self {
        match err {
            ReadError::Errno(Errno::ESRCH) => Self::Exited,
            err => Self::Device(err),
        }
    }
}

impl fmt::Display for WssError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited => f.write_str("the process has exited"),
            Self::NoMeans(None) => f.write_str(
                "this kernel has no means to see accesses: load mmscope on a kernel with \
                 CONFIG_IDLE_PAGE_TRACKING and CONFIG_PROC_PAGE_MONITOR, or build it into the kernel (CONFIG_SAMPLE_RUST_MMSCOPE)",
            ),
            Self::NoMeans(Some(Means::AccessedBits)) => f.write_str(
                "accessed bits are not for modules: build mmscope into the kernel \
                 (CONFIG_SAMPLE_RUST_MMSCOPE)",
            ),
            Self::NoMeans(Some(Means::IdlePages)) => f.write_str(
                "there is no idle-page tracking: it needs a kernel with CONFIG_IDLE_PAGE_TRACKING and \
                 CONFIG_PROC_PAGE_MONITOR",
            ),
            Self::NoFlush => f.write_str(
                "idle-page tracking does not flush: leave out --flush, or build mmscope into the \
                 kernel (CONFIG_SAMPLE_RUST_MMSCOPE)",
            ),
            Self::Device(err) => write!(f, "cannot read the device: {err}"),
            Self::Idle(err) => write!(f, "cannot use idle-page tracking: {err}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ioctl_number() {
        assert_eq!(WSS, 0xc028_b704);
    }

    #[test]
    fn sums() {
        let row = WssRow {
            start: 0x1000,
            end: 0x9000,
            present: 5,
            young: 3,
            huge: 1024,
            huge_young: 512,
            row_flags: 0,
        };
        let range = Range::from(&row);
        assert_eq!(
            Counts::sum(&[range, range]),
            Counts {
                present: 2058,
                accessed: 1030,
                huge: 2048,
                huge_accessed: 1024,
                not_tracked: 0,
            }
        );
    }
}
