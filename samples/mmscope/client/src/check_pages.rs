// SPDX-License-Identifier: GPL-2.0-only

//! Comparing what the device says of pages with what `/proc/PID/pagemap` and `/proc/PID/smaps` say.
//!
//! The three do not always speak of the same: each difference that is known is named and counted,
//! and described in the README of mmscope.

use crate::{
    check::{CheckError, TRIES},
    device::{Device, ReadError},
    pages::{PageVma, Stretch, PAGE_SIZE},
    row::shown,
    uapi::*,
};
use nix::errno::Errno;
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
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

const VM_PFNMAP: u64 = 0x400;
const VM_SOFTDIRTY: u64 = 0x0800_0000;

/// A comparison.
#[derive(Debug, Default)]
pub struct PageComparison {
    pub stretches: Vec<Stretch>,
    /// How many pages were compared.
    pub pages: u64,
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
    pages: u64,
    resident: u64,
    young: u64,
    dirty: u64,
    huge: u64,
    swapped: u64,
}

/// Compares the pages of the process that `device` is attached to with what `/proc` says.
///
/// If they differ and the process moves, all is read anew.
pub fn compare_pages(
    device: &Device,
    pid: i32,
    chunk: usize,
) -> Result<PageComparison, CheckError> {
    for _ in 0..TRIES {
        let smaps = fs::read(format!("/proc/{pid}/smaps"))?;
        if smaps.is_empty() {
            return Err(CheckError::Gone);
        }
        let before = read(device, chunk)?;
        let pagemap = File::open(format!("/proc/{pid}/pagemap"))?;
        let mut comparison = PageComparison::default();
        comparison.with_pagemap(&before, |start, buf| read_pagemap(&pagemap, start, buf))?;
        comparison.with_smaps(&before, &parse_smaps(&smaps).map_err(CheckError::Proc)?);
        // It may have moved and moved back. Then it does so again.
        let stands_still = || -> Result<bool, CheckError> {
            for _ in 0..20 {
                if read(device, chunk)? != before
                    || fs::read(format!("/proc/{pid}/smaps"))? != smaps
                {
                    return Ok(false);
                }
                thread::sleep(Duration::from_millis(1));
            }
            Ok(true)
        };
        if comparison.differing == 0 || stands_still()? {
            comparison.stretches = before;
            return Ok(comparison);
        }
        thread::sleep(Duration::from_millis(10));
    }
    Err(CheckError::Moving)
}

/// Reads the states of all pages, and the page frames if this may see them.
fn read(device: &Device, chunk: usize) -> Result<Vec<Stretch>, ReadError> {
    match device.pages(PAGES_STATES | PAGES_PFNS, chunk) {
        Err(ReadError::Errno(Errno::EPERM)) => device.pages(PAGES_STATES, chunk),
        result => result,
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

    /// Compares page for page.
    fn with_pagemap(
        &mut self,
        stretches: &[Stretch],
        read: impl Fn(u64, &mut [u64]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut entries = vec![0; PAGEMAP_PAGES];
        for stretch in stretches {
            let pages = stretch.pages() as usize;
            for first in (0..pages).step_by(PAGEMAP_PAGES) {
                let entries = &mut entries[..PAGEMAP_PAGES.min(pages - first)];
                read(stretch.start + first as u64 * PAGE_SIZE, entries)?;
                for (i, entry) in (first..).zip(entries) {
                    self.with_entry(stretch, i, *entry);
                }
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
            Some(pfn) if expected & PM_PRESENT != 0 => pfn == entry & PM_PFN,
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

    /// Compares the sums of each VMA.
    fn with_smaps(&mut self, stretches: &[Stretch], smaps: &[Smaps]) {
        let mut smaps = smaps.iter();
        for of_vma in stretches.chunk_by(|a, b| a.vma == b.vma) {
            let vma = of_vma[0].vma;
            let what = format!("{:#x}-{:#x}", vma.start, vma.end);
            match smaps.next() {
                Some(smaps) if (smaps.start, smaps.end) == (vma.start, vma.end) => {
                    self.vmas += 1;
                    let sums = Sums::new(of_vma);
                    self.with_sums(&what, &sums, smaps, of_vma[0].anonymous);
                }
                other => {
                    let other = other.map(|smaps| (smaps.start, smaps.end));
                    self.differ(|| format!("{what}: smaps has {other:x?} there"));
                    return;
                }
            }
        }
        if let Some(smaps) = smaps.next() {
            self.differ(|| format!("smaps has {:#x}-{:#x} in addition", smaps.start, smaps.end));
        }
    }

    fn with_sums(&mut self, what: &str, sums: &Sums, smaps: &Smaps, anonymous: bool) {
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
                !anonymous,
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
    fn new(of_vma: &[Stretch]) -> Self {
        let mut sums = Self::default();
        for stretch in of_vma {
            sums.pages += stretch.pages();
            for state in &stretch.states {
                let resident = match state & PAGE_KIND {
                    PAGE_PRESENT => state & PAGE_SPECIAL == 0,
                    PAGE_MIGRATING | PAGE_DEVICE | PAGE_FAILED => true,
                    _ => false,
                };
                sums.swapped += u64::from(state & PAGE_KIND == PAGE_SWAPPED);
                if resident {
                    sums.resident += 1;
                    sums.young += u64::from(state & PAGE_YOUNG != 0);
                    sums.dirty += u64::from(state & PAGE_DIRTY != 0);
                    sums.huge += u64::from(state & PAGE_HUGE != 0);
                }
            }
        }
        sums
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

/// Reads `/proc/PID/smaps`, without the gate VMA.
fn parse_smaps(text: &[u8]) -> Result<Vec<Smaps>, String> {
    let mut all: Vec<Smaps> = Vec::new();
    for line in text.split(|&byte| byte == b'\n') {
        // A name may be anything, but it comes after the range.
        let line = String::from_utf8_lossy(line);
        let Some(first) = line.split_whitespace().next() else {
            continue;
        };
        let bad = || format!("cannot parse: {}", shown(line.as_bytes()));
        if let Some(name) = first.strip_suffix(':') {
            let vma = all.last_mut().ok_or_else(bad)?;
            // Some fields are no sizes.
            if let Some(size) = line.strip_suffix(" kB") {
                let size = size.rsplit(' ').next().and_then(|size| size.parse().ok());
                vma.fields.insert(name.into(), size.ok_or_else(bad)?);
            }
            continue;
        }
        let (start, end) = first.split_once('-').ok_or_else(bad)?;
        let parse = |addr| u64::from_str_radix(addr, 16).map_err(|_| bad());
        all.push(Smaps {
            start: parse(start)?,
            end: parse(end)?,
            fields: BTreeMap::new(),
        });
    }
    // The gate VMA is in the kernel's half.
    all.retain(|vma| vma.start < 1 << 63);
    Ok(all)
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
        comparison
            .with_pagemap(std::slice::from_ref(stretch), |start, buf| {
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

    #[test]
    fn sums() {
        let smaps = parse_smaps(SMAPS).unwrap();
        assert_eq!(smaps.len(), 1);
        assert!(parse_smaps(b"Rss: 4 kB").is_err());
        // Pages that were written in a private PFN map are pages like others.
        let differing_in = |flags, states: [u16; 3], anonymous| {
            let mut comparison = PageComparison::default();
            let stretch = Stretch {
                anonymous,
                ..stretch(flags, &states)
            };
            comparison.with_smaps(&[stretch], &smaps);
            comparison.differing
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
