// SPDX-License-Identifier: GPL-2.0-only

//! Comparing what the device says of pages with what `/proc/PID/pagemap` and `/proc/PID/smaps` say.
//!
//! The three do not always speak of the same: each difference that is known is named and counted,
//! and described in the README of mmscope.

use crate::{
    check::{CheckError, TRIES, VM_PFNMAP},
    device::{Device, ReadError},
    pages::{PageVma, Stretch, PAGE_SIZE},
    row::{shown, Malformed},
    uapi::*,
};
use nix::errno::Errno;
use std::{
    collections::BTreeMap,
    fs::File,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, BufRead, BufReader, Read},
    os::unix::fs::FileExt,
    thread,
    time::Duration,
};

/// The most differences that are kept.
const MAX_DIFFERENCES: usize = 40;
/// How many pages are asked of `pagemap` at once.
const PAGEMAP_PAGES: usize = 1 << 15;
/// How much the device writes in a call.
pub const CHUNK: usize = 2 << 20;

const PM_PFN: u64 = (1 << 55) - 1;
const PM_SOFT_DIRTY: u64 = 1 << 55;
const PM_UFFD: u64 = 1 << 57;
const PM_GUARD: u64 = 1 << 58;
const PM_SWAP: u64 = 1 << 62;
const PM_PRESENT: u64 = 1 << 63;

const VM_SOFTDIRTY: u64 = 0x0800_0000;

/// A comparison.
#[derive(Debug, Default)]
pub struct PageComparison {
    /// How many pages are what.
    pub counts: PageCounts,
    /// How many pages were compared.
    pub pages: u64,
    /// How many of them by their page frame too.
    pub frames: u64,
    /// How many VMAs were compared.
    pub vmas: usize,
    /// The pages that differ as is known, by the name of the difference.
    pub known: BTreeMap<&'static str, u64>,
    /// How many other differences there are.
    pub differing: u64,
    /// The first of these.
    pub differences: Vec<String>,
}

/// What `/proc/PID/smaps` says of a VMA, in KiB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Smaps {
    start: u64,
    end: u64,
    fields: BTreeMap<String, u64>,
}

/// What the pages of a VMA must add up to in `smaps`.
#[derive(Debug, Default)]
struct Sums {
    vma: PageVma,
    anonymous: bool,
    pages: u64,
    resident: u64,
    young: u64,
    dirty: u64,
    huge: u64,
    swapped: u64,
}

/// Compares the pages of the process that `device` is attached to with what `/proc` says.
///
/// If they differ and the process moves, all is read anew. What was read is not kept: that it is
/// the same again is seen by a hash.
pub fn compare_pages(
    device: &Device,
    pid: i32,
    chunk: usize,
) -> Result<PageComparison, CheckError> {
    let flags = flags(device)?;
    for _ in 0..TRIES {
        let pagemap = File::open(format!("/proc/{pid}/pagemap"))?;
        let mut comparison = PageComparison::default();
        let before = comparison.compare(
            |stretch| device.each_stretch(flags, chunk, stretch),
            File::open(format!("/proc/{pid}/smaps"))?,
            |start, buf| read_pagemap(&pagemap, start, buf),
        )?;
        // It may have moved and moved back. Then it does so again.
        let stands_still = || -> Result<bool, CheckError> {
            for _ in 0..20 {
                let mut smaps = SmapsReader::new(File::open(format!("/proc/{pid}/smaps"))?);
                let mut rows = DefaultHasher::new();
                device.each_stretch(flags, chunk, |stretch| {
                    stretch.hash(&mut rows);
                    Ok::<_, CheckError>(())
                })?;
                while smaps.next()?.is_some() {}
                if (rows.finish(), smaps.hash()) != before {
                    return Ok(false);
                }
                thread::sleep(Duration::from_millis(1));
            }
            Ok(true)
        };
        if comparison.differing == 0 || stands_still()? {
            return Ok(comparison);
        }
        thread::sleep(Duration::from_millis(10));
    }
    Err(CheckError::Moving)
}

/// To ask for the states of all pages, and for the page frames if this may see them.
fn flags(device: &Device) -> Result<u32, ReadError> {
    match device.read_pages(0, PAGES_PFNS, &mut []) {
        Err(Errno::EPERM) => Ok(PAGES_STATES),
        // There is no room for a row.
        Err(Errno::ENOSPC) => Ok(PAGES_STATES | PAGES_PFNS),
        Err(err) => Err(ReadError::Errno(err)),
        Ok(_) => Err(Malformed("rows without a buffer").into()),
    }
}

/// Reads the entries for the pages from `start` on.
fn read_pagemap(pagemap: &File, start: u64, entries: &mut [u64]) -> io::Result<()> {
    let mut buf = vec![0; 8 * entries.len()];
    pagemap
        .read_exact_at(&mut buf, start / PAGE_SIZE * 8)
        .map_err(|err| match err.kind() {
            // That is what it says of a process that has exited.
            io::ErrorKind::UnexpectedEof => Errno::ESRCH.into(),
            _ => err,
        })?;
    for (entry, bytes) in entries.iter_mut().zip(buf.chunks_exact(8)) {
        *entry = u64::from_ne_bytes(bytes.try_into().expect("they are eight"));
    }
    Ok(())
}

/// What `pagemap` says of a page in this state, and how the difference is named, if that is not the
/// same.
fn expected(state: u16, vma: &PageVma) -> (u64, Option<&'static str>) {
    let property = |bit, entry| if state & bit != 0 { entry } else { 0 };
    let properties = property(PAGE_UFFD, PM_UFFD)
        | property(PAGE_GUARD, PM_GUARD)
        | property(PAGE_SOFT_DIRTY, PM_SOFT_DIRTY);
    let (entry, difference) = match state & PAGE_KIND {
        PAGE_NONE => (0, None),
        _ if vma.flags & VM_PFNMAP != 0 => return (0, Some("pfnmap")),
        PAGE_PRESENT => (PM_PRESENT, None),
        PAGE_SWAPPED => (PM_SWAP, None),
        PAGE_MIGRATING => (PM_SWAP, Some("migrating")),
        PAGE_DEVICE => (PM_SWAP, Some("device")),
        PAGE_FAILED => (PM_SWAP, Some("failed")),
        PAGE_MARKED if state & PAGE_GUARD != 0 => (PM_SWAP, Some("guard")),
        PAGE_MARKED if state & PAGE_POISON != 0 => (PM_SWAP, Some("poison")),
        PAGE_MARKED => (PM_SWAP, Some("uffd-marker")),
        _ => (0, None),
    };
    (entry | properties, difference)
}

impl PageComparison {
    fn differ(&mut self, text: impl FnOnce() -> String) {
        self.differing += 1;
        if self.differences.len() < MAX_DIFFERENCES {
            self.differences.push(text());
        }
    }

    fn know(&mut self, difference: &'static str, pages: u64) {
        if pages > 0 {
            *self.known.entry(difference).or_default() += pages;
        }
    }

    /// Compares all. Returns hashes of what the device and `smaps` said.
    fn compare(
        &mut self,
        each_stretch: impl FnOnce(
            &mut dyn FnMut(&Stretch) -> Result<(), CheckError>,
        ) -> Result<(), CheckError>,
        smaps: impl Read,
        read_pagemap: impl Fn(u64, &mut [u64]) -> io::Result<()>,
    ) -> Result<(u64, u64), CheckError> {
        let mut smaps = SmapsReader::new(smaps);
        let mut hash = DefaultHasher::new();
        let mut entries = vec![0; PAGEMAP_PAGES];
        let mut sums: Option<Sums> = None;
        each_stretch(&mut |stretch| {
            stretch.hash(&mut hash);
            self.counts.merge(&stretch.counts);
            self.with_pagemap(stretch, &mut entries, &read_pagemap)?;
            match &mut sums {
                Some(sums) if sums.vma == stretch.vma => sums.add(stretch),
                sums => {
                    if let Some(sums) = sums.replace(Sums::new(stretch)) {
                        self.with_smaps(&sums, smaps.next()?);
                    }
                }
            }
            Ok(())
        })?;
        if let Some(sums) = sums {
            self.with_smaps(&sums, smaps.next()?);
        }
        while let Some(smaps) = smaps.next()? {
            self.differ(|| format!("smaps has {:#x}-{:#x} in addition", smaps.start, smaps.end));
        }
        Ok((hash.finish(), smaps.hash()))
    }

    /// Compares page for page.
    fn with_pagemap(
        &mut self,
        stretch: &Stretch,
        entries: &mut [u64],
        read: impl Fn(u64, &mut [u64]) -> io::Result<()>,
    ) -> io::Result<()> {
        let pages = stretch.pages() as usize;
        for first in (0..pages).step_by(entries.len()) {
            let count = entries.len().min(pages - first);
            let entries = &mut entries[..count];
            read(stretch.start + first as u64 * PAGE_SIZE, entries)?;
            for (i, entry) in (first..).zip(entries) {
                self.with_entry(stretch, i, *entry);
            }
        }
        Ok(())
    }

    /// Compares one page.
    fn with_entry(&mut self, stretch: &Stretch, i: usize, entry: u64) {
        self.pages += 1;
        let state = stretch.state(i);
        if state & PAGE_KIND == PAGE_UNINSPECTED && entry & (PM_SWAP | PM_GUARD) == 0 {
            return self.know("hugetlb", 1);
        }
        let (expected, difference) = expected(state, &stretch.vma);
        let mut looked_at = PM_PRESENT | PM_SWAP | PM_UFFD | PM_GUARD;
        if stretch.vma.flags & VM_SOFTDIRTY == 0 {
            looked_at |= PM_SOFT_DIRTY;
        }
        let pfn = stretch.pfns.get(i).copied();
        let same_frame = match pfn {
            Some(pfn) if expected & PM_PRESENT != 0 => {
                self.frames += 1;
                pfn == entry & PM_PFN
            }
            _ => true,
        };
        if (entry ^ expected) & looked_at == 0 && same_frame {
            if let Some(difference) = difference {
                self.know(difference, 1);
            }
            return;
        }
        let addr = stretch.start + i as u64 * PAGE_SIZE;
        self.differ(|| {
            format!(
                "{addr:#x}: the device says {} ({state:#x}), page frame {:#x}; pagemap says {entry:#x}",
                describe(state),
                pfn.unwrap_or(0)
            )
        });
    }

    /// Compares the sums of a VMA.
    fn with_smaps(&mut self, sums: &Sums, smaps: Option<Smaps>) {
        let what = format!("{:#x}-{:#x}", sums.vma.start, sums.vma.end);
        match smaps {
            Some(smaps) if (smaps.start, smaps.end) == (sums.vma.start, sums.vma.end) => {
                self.vmas += 1;
                self.with_sums(&what, sums, &smaps);
            }
            other => {
                let other = other.map(|smaps| (smaps.start, smaps.end));
                self.differ(|| format!("{what}: smaps has {other:x?} there"));
            }
        }
    }

    fn with_sums(&mut self, what: &str, sums: &Sums, smaps: &Smaps) {
        let field = |name: &str| smaps.fields.get(name).copied().unwrap_or(0) * 1024 / PAGE_SIZE;
        let huge = field("AnonHugePages") + field("ShmemPmdMapped") + field("FilePmdMapped");
        for (name, pages, expected) in [
            ("Size", field("Size"), sums.pages),
            ("Rss", field("Rss"), sums.resident),
            ("AnonHugePages etc.", huge, sums.huge),
        ] {
            if pages != expected {
                self.differ(|| {
                    format!("{what}: {name} is {pages} pages in smaps, {expected} by the device")
                });
            }
        }
        let dirty = field("Shared_Dirty") + field("Private_Dirty");
        // What smaps knows of the pages, and not only of the entries for them.
        for (name, pages, least, difference, allowed) in [
            (
                "Swap",
                field("Swap"),
                sums.swapped,
                "shmem-swap",
                !sums.anonymous,
            ),
            (
                "Referenced",
                field("Referenced"),
                sums.young,
                "referenced",
                true,
            ),
            (
                "Shared_Dirty and Private_Dirty",
                dirty,
                sums.dirty,
                "dirty",
                true,
            ),
        ] {
            match pages.checked_sub(least) {
                Some(more) if more == 0 || allowed => self.know(difference, more),
                _ => self.differ(|| {
                    format!("{what}: {name} is {pages} pages in smaps, {least} by the device")
                }),
            }
        }
    }
}

impl Sums {
    fn new(stretch: &Stretch) -> Self {
        let mut sums = Self {
            vma: stretch.vma,
            anonymous: stretch.anonymous,
            ..Self::default()
        };
        sums.add(stretch);
        sums
    }

    fn add(&mut self, stretch: &Stretch) {
        self.pages += stretch.pages();
        for state in &stretch.states {
            let resident = match state & PAGE_KIND {
                PAGE_PRESENT => state & PAGE_SPECIAL == 0,
                PAGE_MIGRATING | PAGE_DEVICE | PAGE_FAILED => true,
                _ => false,
            };
            self.swapped += u64::from(state & PAGE_KIND == PAGE_SWAPPED);
            if resident {
                self.resident += 1;
                self.young += u64::from(state & PAGE_YOUNG != 0);
                self.dirty += u64::from(state & PAGE_DIRTY != 0);
                self.huge += u64::from(state & PAGE_HUGE != 0);
            }
        }
    }
}

/// A state in words.
pub fn describe(state: u16) -> String {
    let mut counts = PageCounts::default();
    counts.add(state, 1);
    let words: Vec<_> = counts
        .named()
        .filter(|(_, count)| *count > 0)
        .map(|(name, _)| name)
        .collect();
    words.join(" ")
}

/// Reads `/proc/PID/smaps`, VMA for VMA, without the gate VMA.
struct SmapsReader<R> {
    file: BufReader<R>,
    /// Of all lines so far.
    hasher: DefaultHasher,
    /// The line that comes next, or nothing at the end.
    line: Vec<u8>,
    begun: bool,
}

impl<R: Read> SmapsReader<R> {
    fn new(file: R) -> Self {
        Self {
            file: BufReader::with_capacity(1 << 16, file),
            hasher: DefaultHasher::new(),
            line: Vec::new(),
            begun: false,
        }
    }

    fn hash(&self) -> u64 {
        self.hasher.finish()
    }

    fn next_line(&mut self) -> io::Result<()> {
        self.line.clear();
        self.file.read_until(b'\n', &mut self.line)?;
        self.hasher.write(&self.line);
        Ok(())
    }

    fn bad_line(&self) -> CheckError {
        CheckError::Proc(format!("cannot parse: {}", shown(&self.line)))
    }

    /// Reads what it says of the next VMA.
    fn next(&mut self) -> Result<Option<Smaps>, CheckError> {
        if !self.begun {
            self.begun = true;
            self.next_line()?;
            // That is what it says of a process that has exited.
            if self.line.is_empty() {
                return Err(CheckError::Gone);
            }
        }
        if self.line.is_empty() {
            return Ok(None);
        }
        let mut vma = parse_range(&self.line).ok_or_else(|| self.bad_line())?;
        loop {
            self.next_line()?;
            let mut words = self.line.split(|byte| byte.is_ascii_whitespace());
            let Some(name) = words.next().and_then(|first| first.strip_suffix(b":")) else {
                break;
            };
            // Some fields are no sizes.
            if let Some(size) = self.line.strip_suffix(b" kB\n") {
                let size = size.rsplit(|&byte| byte == b' ').next();
                let size = size.and_then(|size| std::str::from_utf8(size).ok()?.parse().ok());
                let name = String::from_utf8_lossy(name).into_owned();
                vma.fields
                    .insert(name, size.ok_or_else(|| self.bad_line())?);
            }
        }
        // The gate VMA is in the kernel's half, and the last one.
        Ok((vma.start < 1 << 63).then_some(vma))
    }
}

/// Reads the line that begins with the range of a VMA. Its name may be anything.
fn parse_range(line: &[u8]) -> Option<Smaps> {
    let range = line.split(|&byte| byte == b' ').next()?;
    let (start, end) = std::str::from_utf8(range).ok()?.split_once('-')?;
    Some(Smaps {
        start: u64::from_str_radix(start, 16).ok()?,
        end: u64::from_str_radix(end, 16).ok()?,
        fields: BTreeMap::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(flags: u64, states: &[u16]) -> Stretch {
        let mut counts = PageCounts::default();
        for state in states {
            counts.add(*state, 1);
        }
        let (start, end) = (0x10_000, 0x10_000 + states.len() as u64 * PAGE_SIZE);
        Stretch {
            vma: PageVma { start, end, flags },
            start,
            end,
            counts,
            anonymous: true,
            mmap_locked: false,
            states: states.to_vec(),
            pfns: (1..).take(states.len()).collect(),
        }
    }

    fn compared(stretch: &Stretch, pagemap: &[u64]) -> PageComparison {
        let mut comparison = PageComparison::default();
        let mut entries = vec![0; pagemap.len()];
        comparison
            .with_pagemap(stretch, &mut entries, |start, buf| {
                assert_eq!(start, stretch.start);
                buf.copy_from_slice(pagemap);
                Ok(())
            })
            .unwrap();
        comparison
    }

    #[test]
    fn pages_of_each_kind() {
        let states = [
            PAGE_PRESENT | PAGE_YOUNG,
            PAGE_SWAPPED,
            PAGE_MARKED | PAGE_GUARD,
            PAGE_MARKED | PAGE_UFFD,
            PAGE_NONE,
        ];
        let pagemap = [
            PM_PRESENT | 1,
            PM_SWAP | 77,
            PM_SWAP | PM_GUARD,
            PM_SWAP | PM_UFFD,
            0,
        ];
        let same = compared(&stretch(0, &states), &pagemap);
        assert_eq!((same.pages, same.differing), (5, 0), "{same:?}");
        assert_eq!(same.known, [("guard", 1), ("uffd-marker", 1)].into());
        // Each of them, where another one is.
        for i in 0..states.len() {
            for j in (0..states.len()).filter(|j| *j != i) {
                let mut other = states;
                other[i] = states[j];
                let other = compared(&stretch(0, &other), &pagemap);
                assert_eq!(other.differing, 1, "{i} {j} {other:?}");
            }
        }
        let other_frame = compared(&stretch(0, &states[..1]), &[PM_PRESENT | 2]);
        assert_eq!(other_frame.differing, 1);
        let pfnmap = compared(&stretch(VM_PFNMAP, &states), &[0; 5]);
        assert_eq!(
            (pfnmap.differing, &pfnmap.known),
            (0, &[("pfnmap", 4)].into())
        );
        let soft_dirty = compared(&stretch(VM_SOFTDIRTY, &[PAGE_NONE]), &[PM_SOFT_DIRTY]);
        assert_eq!(soft_dirty.differing, 0);
    }

    const SMAPS: &[u8] = b"\
00010000-00013000 rw-p 00000000 00:00 0                                  /tmp/\xff a: b
Size:                 12 kB
Rss:                   4 kB
Swap:                  4 kB
Referenced:            4 kB
THPeligible:           0
VmFlags: rd wr
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
Size:                  4 kB
";

    /// Compares the sums alone: `pagemap` is as it should be.
    fn compared_all(stretches: &[Stretch], smaps: &[u8]) -> PageComparison {
        let mut comparison = PageComparison::default();
        let each = |call: &mut dyn FnMut(&Stretch) -> _| stretches.iter().try_for_each(call);
        let pagemap = |start, buf: &mut [u64]| {
            for (i, entry) in (0..).zip(buf) {
                let addr = start + i * PAGE_SIZE;
                let mut at = stretches
                    .iter()
                    .filter(|at| at.start <= addr && addr < at.end);
                let stretch = at.next().unwrap();
                let page = ((addr - stretch.start) / PAGE_SIZE) as usize;
                *entry = expected(stretch.state(page), &stretch.vma).0;
                if *entry & PM_PRESENT != 0 {
                    *entry |= stretch.pfns[page];
                }
            }
            Ok(())
        };
        comparison.compare(each, smaps, pagemap).unwrap();
        comparison
    }

    #[test]
    fn vmas_of_both_sides() {
        let all = stretch(0, &[PAGE_PRESENT, PAGE_SWAPPED, PAGE_NONE]);
        let mut parts = [all.clone(), all.clone()];
        let split = all.start + PAGE_SIZE;
        (parts[0].end, parts[1].start) = (split, split);
        parts[0].states.truncate(1);
        parts[1].states.remove(0);
        parts[1].pfns.remove(0);
        // In pieces it is the same VMA.
        let same = compared_all(&parts, SMAPS);
        assert_eq!(
            (same.differing, same.vmas, same.pages, same.frames),
            (0, 1, 3, 1)
        );
        let other = Stretch {
            vma: PageVma {
                start: 0x20_000,
                end: 0x20_000 + PAGE_SIZE,
                flags: 0,
            },
            start: 0x20_000,
            end: 0x20_000 + PAGE_SIZE,
            ..stretch(0, &[PAGE_NONE])
        };
        assert_eq!(
            compared_all(&[all.clone(), other.clone()], SMAPS).differing,
            1
        );
        assert_eq!(compared_all(&[other], SMAPS).differing, 1);
        let gate = SMAPS.windows(8).position(|at| at == b"ffffffff").unwrap();
        let more = [&SMAPS[..gate], b"00020000-00021000 rw-p\n"].concat();
        assert_eq!(compared_all(&[all], &more).differing, 1);
    }

    #[test]
    fn sums() {
        let next = |text| SmapsReader::new(text).next();
        assert!(matches!(next(&b""[..]), Err(CheckError::Gone)));
        assert!(next(b"Rss: 4 kB").is_err());
        // Pages that were written in a private PFN map are pages like others.
        let differing_in = |flags, states: [u16; 3], anonymous| {
            let stretch = Stretch {
                anonymous,
                ..stretch(flags, &states)
            };
            compared_all(&[stretch], SMAPS).differing
        };
        let of_device = PAGE_PRESENT | PAGE_SPECIAL;
        let pfnmap = [PAGE_PRESENT, PAGE_SWAPPED, of_device];
        assert_eq!(differing_in(VM_PFNMAP, pfnmap, true), 0);
        let differing = |states, anonymous| differing_in(0, states, anonymous);
        assert_eq!(differing([PAGE_PRESENT, PAGE_SWAPPED, 0], true), 0);
        assert_eq!(
            differing([PAGE_PRESENT, PAGE_SWAPPED, PAGE_PRESENT], true),
            1
        );
        assert_eq!(differing([PAGE_PRESENT, 0, 0], true), 1);
        assert_eq!(differing([PAGE_PRESENT, 0, 0], false), 0);
        let zero = PAGE_PRESENT | PAGE_SPECIAL | PAGE_ZERO;
        assert_eq!(differing([PAGE_PRESENT, PAGE_SWAPPED, zero], true), 0);
        let huge = PAGE_PRESENT | PAGE_HUGE;
        assert_eq!(differing([huge, PAGE_SWAPPED, 0], true), 1);
        let dirty = PAGE_PRESENT | PAGE_DIRTY;
        assert_eq!(differing([dirty, PAGE_SWAPPED, 0], true), 1);
    }
}
