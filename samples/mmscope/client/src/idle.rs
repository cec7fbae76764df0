// SPDX-License-Identifier: GPL-2.0-only

//! The idle-page tracking of the kernel, for the pages of one process.
//!
//! Each page that is on the list of reclaim has an idle bit. An access clears it, in effect. What
//! is a page to it is a folio, whose bit is that of its first page.

use crate::{
    device::Device,
    pages::{by_vma, Stretch, PAGE_SIZE},
    uapi::{PAGES_PFNS, PAGE_HUGE, PAGE_KIND, PAGE_PRESENT, PAGE_SPECIAL},
    wss::{Counts, Range, WssError},
};
use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io,
    os::unix::fs::FileExt,
};

const BITMAP: &str = "/sys/kernel/mm/page_idle/bitmap";
const FLAGS: &str = "/proc/kpageflags";

/// `KPF_LRU`: the page is on the list of reclaim.
const LRU: u64 = 1 << 5;
/// `KPF_COMPOUND_TAIL`: the page is part of a folio, and not its first.
const TAIL: u64 = 1 << 16;

/// A folio that a process can have has no more pages than this, and begins at a multiple of its
/// size.
const BLOCK: u64 = 512;

/// A page of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mapped {
    addr: u64,
    pfn: u64,
    /// Whether it is mapped as part of a huge page.
    huge: bool,
}

pub struct IdlePages<'d> {
    device: &'d Device,
    bitmap: File,
    flags: File,
    /// The page frame numbers at the last time, by address, and those that have the idle bits.
    before: HashMap<u64, (u64, Option<u64>)>,
}

impl<'d> IdlePages<'d> {
    /// Opens what the kernel has. `NotFound` if it has none.
    pub fn new(device: &'d Device) -> io::Result<Self> {
        Ok(Self {
            device,
            bitmap: File::options().read(true).write(true).open(BITMAP)?,
            flags: File::open(FLAGS)?,
            before: HashMap::new(),
        })
    }

    /// Ends an interval and begins the next one.
    pub fn next_interval(&mut self) -> Result<Vec<Range>, WssError> {
        let (mut ranges, mapped) = mapped(&self.device.pages(PAGES_PFNS, 1 << 20)?);
        let heads = heads(&mapped, |block, flags| {
            read_words(&self.flags, block * BLOCK, flags)
        })
        .map_err(WssError::Idle)?;
        let idle = self.idle().map_err(WssError::Idle)?;

        let mut now = HashMap::with_capacity(mapped.len());
        let mut range = 0;
        for (page, head) in mapped.iter().zip(heads) {
            while ranges
                .get(range)
                .is_some_and(|range| range.end <= page.addr)
            {
                range += 1;
            }
            if let Some(range) = ranges.get_mut(range) {
                let before = self.before.get(&page.addr).copied();
                count(&mut range.counts, page, head, before, &idle);
            }
            now.insert(page.addr, (page.pfn, head));
        }
        self.before = now;
        self.set_idle().map_err(WssError::Idle)?;
        Ok(ranges)
    }

    /// The idle bits of the folios that had them set, in words.
    ///
    /// The kernel does not give the last word if memory ends within it.
    fn idle(&self) -> io::Result<BTreeMap<u64, u64>> {
        let index: Vec<_> = self.words().into_keys().collect();
        let mut words = BTreeMap::new();
        for run in index.chunk_by(|a, b| a + 1 == *b) {
            let mut buf = vec![0; run.len()];
            let len = read_words(&self.bitmap, run[0], &mut buf)?;
            words.extend(run.iter().copied().zip(buf).take(len));
        }
        Ok(words)
    }

    fn set_idle(&self) -> io::Result<()> {
        let words: Vec<_> = self.words().into_iter().collect();
        for run in words.chunk_by(|a, b| a.0 + 1 == b.0) {
            let bytes: Vec<_> = run
                .iter()
                .flat_map(|(_, word)| word.to_ne_bytes())
                .collect();
            let mut done = 0;
            while done < bytes.len() {
                match self
                    .bitmap
                    .write_at(&bytes[done..], run[0].0 * 8 + done as u64)?
                {
                    0 => break,
                    len => done += len,
                }
            }
        }
        Ok(())
    }

    /// The words of the bitmap with a bit for each folio that is tracked.
    fn words(&self) -> BTreeMap<u64, u64> {
        let mut words = BTreeMap::new();
        for head in self.before.values().filter_map(|&(_, head)| head) {
            *words.entry(head / 64).or_default() |= 1 << (head % 64);
        }
        words
    }
}

/// Counts a page, by what was and is known of it.
fn count(
    counts: &mut Counts,
    page: &Mapped,
    head: Option<u64>,
    before: Option<(u64, Option<u64>)>,
    idle: &BTreeMap<u64, u64>,
) {
    counts.present += 1;
    if page.huge {
        counts.huge += 1;
    }
    let word = head.and_then(|head| Some(idle.get(&(head / 64))? >> (head % 64)));
    let accessed = match (before, word) {
        (Some((pfn, Some(_))), Some(word)) if pfn == page.pfn => word & 1 == 0,
        (Some((pfn, _)), _) if pfn == page.pfn => {
            counts.not_tracked += 1;
            return;
        }
        // It has come since, for somebody accessed it.
        _ => true,
    };
    if accessed {
        counts.accessed += 1;
        if page.huge {
            counts.huge_accessed += 1;
        }
    }
}

/// The page frames that have the idle bits of these pages, where they are tracked.
fn heads(
    mapped: &[Mapped],
    mut read_flags: impl FnMut(u64, &mut [u64]) -> io::Result<usize>,
) -> io::Result<Vec<Option<u64>>> {
    let mut order: Vec<_> = (0..mapped.len()).collect();
    order.sort_unstable_by_key(|&i| mapped[i].pfn);
    let mut heads = vec![None; mapped.len()];
    let mut flags = [0; BLOCK as usize];
    let mut block = None;
    for i in order {
        let pfn = mapped[i].pfn;
        if block != Some(pfn / BLOCK) {
            block = Some(pfn / BLOCK);
            read_flags(pfn / BLOCK, &mut flags)?;
        }
        let in_block = &flags[..=(pfn % BLOCK) as usize];
        if let Some(at) = in_block.iter().rposition(|flags| flags & TAIL == 0) {
            if in_block[at] & LRU != 0 {
                heads[i] = Some(pfn - pfn % BLOCK + at as u64);
            }
        }
    }
    Ok(heads)
}

/// Reads words of a file from a word on, as many as there are. Returns how many.
fn read_words(file: &File, from: u64, words: &mut [u64]) -> io::Result<usize> {
    let mut bytes = vec![0; words.len() * 8];
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read_at(&mut bytes[filled..], from * 8 + filled as u64)? {
            0 => break,
            len => filled += len,
        }
    }
    for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = u64::from_ne_bytes(bytes.try_into().expect("it is as long"));
    }
    Ok(filled / 8)
}

/// The pages that are present, by address, and the VMAs that they are in.
fn mapped(stretches: &[Stretch]) -> (Vec<Range>, Vec<Mapped>) {
    let ranges = by_vma(stretches)
        .iter()
        .map(|of_vma| Range {
            start: of_vma.vma.start,
            end: of_vma.vma.end,
            counts: Counts::default(),
        })
        .collect();
    let pages = stretches.iter().flat_map(|stretch| {
        let addrs = (stretch.start..).step_by(PAGE_SIZE as usize);
        addrs.zip(stretch.states.iter().zip(&stretch.pfns))
    });
    let mapped = pages
        .filter(|(_, (state, _))| *state & PAGE_KIND == PAGE_PRESENT && *state & PAGE_SPECIAL == 0)
        .map(|(addr, (state, pfn))| Mapped {
            addr,
            pfn: *pfn,
            huge: state & PAGE_HUGE != 0,
        })
        .collect();
    (ranges, mapped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(addr: u64, pfn: u64) -> Mapped {
        Mapped {
            addr,
            pfn,
            huge: false,
        }
    }

    #[test]
    fn heads_of_folios() {
        // A folio of 4 at 1024, one that is not on the list, a page of its own, a tail without head.
        let flags = |block: u64, flags: &mut [u64]| {
            flags.fill(0);
            match block {
                2 => flags[..7].copy_from_slice(&[LRU, TAIL, TAIL, TAIL, 0, TAIL, LRU]),
                3 => flags[0] = TAIL,
                _ => unreachable!(),
            }
            Ok(flags.len())
        };
        let mapped = [1030, 1024, 1027, 1536, 1028, 1029].map(|pfn| page(0, pfn));
        assert_eq!(
            heads(&mapped, flags).unwrap(),
            [Some(1030), Some(1024), Some(1024), None, None, None]
        );
    }

    #[test]
    fn what_counts() {
        let idle = BTreeMap::from([(0, 1 << 7)]);
        let count_one = |pfn, head, before| {
            let mut counts = Counts::default();
            count(&mut counts, &page(0x1000, pfn), head, before, &idle);
            (counts.accessed, counts.not_tracked)
        };
        assert_eq!(count_one(7, Some(7), Some((7, Some(7)))), (0, 0));
        assert_eq!(count_one(8, Some(8), Some((8, Some(8)))), (1, 0));
        assert_eq!(count_one(8, None, Some((8, Some(8)))), (0, 1));
        assert_eq!(count_one(8, Some(8), Some((8, None))), (0, 1));
        assert_eq!(count_one(64, Some(64), Some((64, Some(64)))), (0, 1));
        assert_eq!(count_one(7, Some(7), Some((9, Some(9)))), (1, 0));
        assert_eq!(count_one(7, Some(7), None), (1, 0));
    }
}
