// SPDX-License-Identifier: GPL-2.0-only

//! Comparing what the device says with what `/proc/PID/maps` says.

use crate::{
    device::{Counts, Device, RawWalk, ReadError},
    maps::{self, MapsText},
    row::{Row, Vma},
};
use nix::{errno::Errno, libc};
use std::{fmt, io, io::Write, thread, time::Duration};

/// How often a process that moves is tried again.
pub const TRIES: usize = 20;

pub const VM_SHARED: u64 = 8;
pub const VM_PFNMAP: u64 = 0x400;

/// The most lines of a difference that are shown.
const DIFF_LINES: usize = 40;

/// The comparison of a process that did not move meanwhile.
pub struct Comparison {
    pub rows: Vec<Row>,
    pub maps: Vec<Vma>,
    pub counts: Counts,
}

/// Why there is nothing to compare.
#[derive(Debug)]
pub enum CheckError {
    /// The process exited.
    Gone,
    /// The process changed what is compared each time.
    Moving,
    Device(ReadError),
    Proc(String),
}

/// Reads the VMAs of the process that `device` is attached to, from the device and from `/proc`.
///
/// `/proc` is read before and after. If that differs, the process was moving, and all is read
/// anew; so it is if the device differs and the process is then found to move. All memory is allocated before, so the process may be the one that calls this.
pub fn compare(device: &Device, pid: i32, chunk: usize) -> Result<Comparison, CheckError> {
    let path = format!("/proc/{pid}/maps");
    compare_with(
        |text| text.read(&path),
        |walk| device.walk_into(walk, chunk),
    )
}

/// As [`compare`], with what reads `/proc` and the device.
fn compare_with(
    mut read_maps: impl FnMut(&mut MapsText) -> io::Result<bool>,
    mut read_rows: impl FnMut(&mut RawWalk) -> Result<(), ReadError>,
) -> Result<Comparison, CheckError> {
    let mut size = 1 << 18;
    let mut before = MapsText::new(size);
    let mut after = MapsText::new(size);
    let mut walk = RawWalk::new(size);

    let mut tries = 0;
    while tries < TRIES {
        let fits = read_maps(&mut before)?
            && match read_rows(&mut walk) {
                Ok(()) => true,
                Err(ReadError::Full) => false,
                Err(err) => return Err(err.into()),
            }
            && read_maps(&mut after)?;
        if !fits {
            size *= 4;
            before = MapsText::new(size);
            after = MapsText::new(size);
            walk = RawWalk::new(size);
            continue;
        }
        if after.text().is_empty() {
            return Err(CheckError::Gone);
        }
        if before.text() == after.text() {
            let comparison = Comparison {
                rows: walk.rows().map_err(ReadError::from)?,
                maps: maps::parse(after.text()).map_err(CheckError::Proc)?,
                counts: walk.counts,
            };
            // It may have moved and moved back. Then it does so again.
            if comparison.all_match() || !moves(&mut read_maps, &before, &mut after)? {
                return Ok(comparison);
            }
        }
        tries += 1;
        thread::sleep(Duration::from_millis(10));
    }
    Err(CheckError::Moving)
}

/// Whether the process has other VMAs than `before` in any of a few looks.
fn moves(
    mut read_maps: impl FnMut(&mut MapsText) -> io::Result<bool>,
    before: &MapsText,
    now: &mut MapsText,
) -> io::Result<bool> {
    for _ in 0..50 {
        thread::sleep(Duration::from_millis(1));
        if !read_maps(now)? || now.text() != before.text() {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Comparison {
    /// How many rows match.
    pub fn matches(&self) -> usize {
        self.maps.len()
            - self
                .pairs()
                .filter(|(maps, row)| maps.is_some() && row.is_none())
                .count()
    }

    /// Whether all rows match.
    pub fn all_match(&self) -> bool {
        self.rows.len() == self.maps.len() && self.rows.iter().zip(&self.maps).all(same)
    }

    /// The rows of both sides in the order of their addresses; a match is a pair.
    fn pairs(&self) -> impl Iterator<Item = (Option<&Vma>, Option<&Row>)> {
        let mut maps = self.maps.iter().peekable();
        let mut rows = self.rows.iter().peekable();
        std::iter::from_fn(move || match (maps.peek(), rows.peek()) {
            (None, None) => None,
            (Some(vma), Some(row)) if same((row, vma)) => Some((maps.next(), rows.next())),
            (Some(vma), Some(row)) if row.vma.start < vma.start => Some((None, rows.next())),
            (None, Some(_)) => Some((None, rows.next())),
            (Some(_), _) => Some((maps.next(), None)),
        })
    }

    /// Writes the rows that differ.
    pub fn write_diff(&self, out: &mut impl Write, pid: i32) -> io::Result<()> {
        writeln!(out, "--- /proc/{pid}/maps\n+++ /dev/mmscope")?;
        let mut differing = 0;
        for pair in self.pairs() {
            differing += usize::from(pair.0.is_none() || pair.1.is_none());
            if differing > DIFF_LINES {
                continue;
            }
            match pair {
                (Some(vma), None) => {
                    out.write_all(b"-")?;
                    vma.write_line(out)?;
                }
                (None, Some(row)) => {
                    out.write_all(b"+")?;
                    let mut vma = row.in_proc();
                    if row.path_too_long {
                        vma.name = row.shown_name().into();
                    }
                    vma.write_line(out)?;
                }
                _ => {}
            }
        }
        if differing > DIFF_LINES {
            writeln!(out, "... and {} more", differing - DIFF_LINES)?;
        }
        Ok(())
    }
}

/// Whether the device and `/proc` say the same about a VMA.
///
/// A path longer than `PATH_MAX` is shown by `/proc` alone. So is an offset that is a page frame
/// number, to who may not see those.
pub fn same((row, vma): (&Row, &Vma)) -> bool {
    let mut expected = row.in_proc();
    if row.path_too_long {
        if vma.name.len() < libc::PATH_MAX as usize {
            return false;
        }
        expected.name.clone_from(&vma.name);
    }
    if row.flags & (VM_PFNMAP | VM_SHARED) == VM_PFNMAP && expected.offset == 0 {
        expected.offset = vma.offset;
    }
    expected == *vma
}

impl From<ReadError> for CheckError {
    fn from(err: ReadError) -> Self {
        match err {
            ReadError::Errno(Errno::ESRCH) => Self::Gone,
            err => Self::Device(err),
        }
    }
}

impl From<io::Error> for CheckError {
    fn from(err: io::Error) -> Self {
        match err.raw_os_error() {
            Some(libc::ESRCH | libc::ENOENT) => Self::Gone,
            _ => Self::Proc(err.to_string()),
        }
    }
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("the process exited while it was read"),
            Self::Moving => write!(
                f,
                "the process changed its memory each of {TRIES} times; stop it (kill -STOP) and \
                 try again"
            ),
            Self::Device(err) => write!(f, "cannot read the device: {err}"),
            Self::Proc(err) => write!(f, "cannot read /proc: {err}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vma(start: u64, name: &str) -> Vma {
        Vma {
            start,
            end: start + 0x1000,
            perms: *b"rw-p",
            offset: 0,
            name: name.into(),
        }
    }

    fn row(start: u64, name: &str) -> Row {
        Row {
            vma: vma(start, name),
            flags: 0,
            anonymous: false,
            has_file: true,
            path_too_long: false,
            mmap_locked: false,
        }
    }

    fn comparison(rows: Vec<Row>, maps: Vec<Vma>) -> Comparison {
        Comparison {
            rows,
            maps,
            counts: Counts::default(),
        }
    }

    #[test]
    fn equal() {
        let same = comparison(
            vec![row(0x1000, "/a"), row(0x2000, "")],
            vec![vma(0x1000, "/a"), vma(0x2000, "")],
        );
        assert!(same.all_match());
        assert_eq!(same.matches(), 2);
    }

    #[test]
    fn missing_extra_and_changed() {
        let maps = vec![vma(0x1000, "/a"), vma(0x2000, "/b"), vma(0x3000, "/c")];
        for (rows, matches, diff) in [
            (vec![row(0x1000, "/a"), row(0x3000, "/c")], 2, 1),
            (
                vec![row(0x1000, "/a"), row(0x2000, "/x"), row(0x3000, "/c")],
                2,
                2,
            ),
            (vec![row(0x1000, "/a"), row(0x2000, "/b")], 2, 1),
            (
                vec![
                    row(0x1000, "/a"),
                    row(0x2000, "/b"),
                    row(0x2800, ""),
                    row(0x3000, "/c"),
                ],
                3,
                1,
            ),
        ] {
            let comparison = comparison(rows, maps.clone());
            assert!(!comparison.all_match());
            assert_eq!(comparison.matches(), matches);
            let mut out = Vec::new();
            comparison.write_diff(&mut out, 1).unwrap();
            assert_eq!(String::from_utf8(out).unwrap().lines().count(), 2 + diff);
        }
    }

    /// A line for each number, as the maps of a process.
    fn lines(text: &mut MapsText, pages: &[u64]) -> io::Result<bool> {
        text.set(|out| {
            pages.iter().try_for_each(|page| {
                let (start, end) = (page << 12, (page + 1) << 12);
                writeln!(out, "{start:08x}-{end:08x} rw-p 00000000 00:00 0 ")
            })
        })
    }

    #[test]
    fn moving() {
        let mut reads = 0;
        let result = compare_with(
            |text| {
                reads += 1;
                lines(text, &[reads])
            },
            |_| Ok(()),
        );
        assert!(matches!(result, Err(CheckError::Moving)));
        assert_eq!(reads, 2 * TRIES as u64);
    }

    #[test]
    fn moving_and_back_again() {
        // The first two reads are equal, and the device, which shows nothing, differs.
        let mut reads = 0;
        let result = compare_with(
            |text| {
                reads += 1;
                lines(text, &[u64::from(reads % 3 == 0)])
            },
            |_| Ok(()),
        );
        assert!(matches!(result, Err(CheckError::Moving)));
    }

    #[test]
    fn quiet_and_different() {
        let result = compare_with(|text| lines(text, &[1, 2]), |_| Ok(()));
        assert!(!result.unwrap().all_match());
    }

    #[test]
    fn gone() {
        let read_rows = |_: &mut RawWalk| Err(ReadError::Errno(Errno::ESRCH));
        let result = compare_with(|text| lines(text, &[1]), read_rows);
        assert!(matches!(result, Err(CheckError::Gone)));
        let result = compare_with(|text| lines(text, &[]), |_| Ok(()));
        assert!(matches!(result, Err(CheckError::Gone)));
    }

    #[test]
    fn offset_that_is_a_page_frame() {
        let mut frames = vma(0x1000, "/dev/mem");
        frames.offset = 0xf_0000;
        for (flags, offset, is_same) in [
            (VM_PFNMAP, 0, true),
            (VM_PFNMAP, 0xf_0000, true),
            (VM_PFNMAP, 0x1000, false),
            (VM_PFNMAP | VM_SHARED, 0, false),
            (0, 0, false),
        ] {
            let mut row = row(0x1000, "/dev/mem");
            (row.flags, row.vma.offset) = (flags, offset);
            assert_eq!(same((&row, &frames)), is_same, "{flags:#x} {offset:#x}");
        }
    }

    #[test]
    fn path_too_long() {
        let mut row = row(0x1000, "");
        row.path_too_long = true;
        assert!(same((&row, &vma(0x1000, &"x".repeat(4096)))));
        assert!(!same((&row, &vma(0x1000, &"x".repeat(4095)))));
        assert!(!same((&row, &vma(0x1000, ""))));
        assert!(!same((&row, &vma(0x2000, &"x".repeat(4096)))));
    }
}
