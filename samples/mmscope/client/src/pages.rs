// SPDX-License-Identifier: GPL-2.0-only

//! What the device says of the pages of a process.

use crate::{
    device::{Device, ReadError},
    row::Malformed,
    uapi::{
        self, PageCounts, PageRow, PAGE_KIND, PAGE_KINDS, PAGE_PROPERTIES, PAGE_UNINSPECTED,
        ROW_PFNS, ROW_STATES,
    },
};

/// The size of a page, in bytes.
pub const PAGE_SIZE: u64 = 4096;

/// The kinds, in the order of their numbers.
pub const KINDS: [&str; PAGE_KINDS] = [
    "none",
    "present",
    "swapped",
    "migrating",
    "device",
    "marked",
    "failed",
    "unknown",
    "uninspected",
];

/// The properties, in the order of their bits.
pub const PROPERTIES: [&str; PAGE_PROPERTIES] = [
    "young",
    "dirty",
    "huge",
    "special",
    "zero",
    "uffd",
    "guard",
    "poison",
    "soft_dirty",
];

/// Pages that lie side by side in one VMA.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stretch {
    pub vma: PageVma,
    pub start: u64,
    pub end: u64,
    pub counts: PageCounts,
    pub anonymous: bool,
    pub mmap_locked: bool,
    /// One for each page, or none.
    pub states: Vec<u16>,
    /// One for each page, or none.
    pub pfns: Vec<u64>,
}

/// The VMA that pages are of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PageVma {
    pub start: u64,
    pub end: u64,
    pub flags: u64,
}

/// The pages of one VMA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VmaPages {
    pub vma: PageVma,
    pub counts: PageCounts,
}

impl PageCounts {
    /// The number for a kind or a property.
    pub fn of(&self, what: u16) -> u64 {
        match what & !PAGE_KIND {
            0 => self.kinds[what as usize],
            bit => self.properties[(bit.trailing_zeros() - PAGE_KIND.count_ones()) as usize],
        }
    }

    /// The number of all pages.
    pub fn pages(&self) -> u64 {
        self.kinds.iter().sum()
    }

    /// All numbers with their names.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        let kinds = KINDS.into_iter().zip(self.kinds);
        kinds.chain(PROPERTIES.into_iter().zip(self.properties))
    }

    /// Adds other pages.
    pub fn merge(&mut self, other: &Self) {
        let ours = self.kinds.iter_mut().chain(&mut self.properties);
        for (ours, others) in ours.zip(other.kinds.iter().chain(&other.properties)) {
            *ours += others;
        }
    }
}

/// Reads what the device wrote.
pub fn parse(mut buf: &[u8]) -> Result<Vec<Stretch>, Malformed> {
    let mut stretches = Vec::new();
    while !buf.is_empty() {
        let (stretch, rest) = split_stretch(buf)?;
        stretches.push(stretch);
        buf = rest;
    }
    Ok(stretches)
}

/// Splits the first row, with all that comes with it, off.
fn split_stretch(buf: &[u8]) -> Result<(Stretch, &[u8]), Malformed> {
    const HEAD: usize = size_of::<PageRow>();
    if buf.len() < HEAD {
        return Err(Malformed("a row that is cut off"));
    }
    // SAFETY: The buffer is at least as long, and any bits are a valid value of the type.
    let row = unsafe { buf.as_ptr().cast::<PageRow>().read_unaligned() };
    let aligned = [row.vma_start, row.vma_end, row.start, row.end]
        .iter()
        .all(|addr| addr % PAGE_SIZE == 0);
    if !aligned || row.start < row.vma_start || row.end <= row.start || row.end > row.vma_end {
        return Err(Malformed("pages that are not of their VMA"));
    }
    let has = |flag: u8| row.row_flags & u32::from(flag) != 0;
    let pages = (row.end - row.start) / PAGE_SIZE;
    let states = if has(ROW_STATES) { pages as usize } else { 0 };
    let pfns = if has(ROW_PFNS) { pages as usize } else { 0 };
    let pfns_at = HEAD + (2 * states).next_multiple_of(8);
    if row.len as usize != pfns_at + 8 * pfns {
        return Err(Malformed("a row whose size is not that of its pages"));
    }
    if buf.len() < row.len as usize {
        return Err(Malformed("pages that are cut off"));
    }
    let stretch = Stretch {
        vma: PageVma {
            start: row.vma_start,
            end: row.vma_end,
            flags: row.vma_flags,
        },
        start: row.start,
        end: row.end,
        counts: row.counts,
        anonymous: has(uapi::ROW_ANONYMOUS),
        mmap_locked: has(uapi::ROW_MMAP_LOCKED),
        states: buf[HEAD..]
            .chunks_exact(2)
            .take(states)
            .map(|bytes| u16::from_ne_bytes([bytes[0], bytes[1]]))
            .collect(),
        pfns: buf[pfns_at..]
            .chunks_exact(8)
            .take(pfns)
            .map(|bytes| u64::from_ne_bytes(bytes.try_into().expect("they are eight")))
            .collect(),
    };
    stretch.check()?;
    Ok((stretch, &buf[row.len as usize..]))
}

impl Stretch {
    /// The number of pages.
    pub fn pages(&self) -> u64 {
        (self.end - self.start) / PAGE_SIZE
    }

    /// The state of each page: without states, there are no tables, or they are hugetlb's.
    pub fn state(&self, i: usize) -> u16 {
        match self.states.get(i) {
            Some(state) => *state,
            None if self.counts.of(PAGE_UNINSPECTED) > 0 => PAGE_UNINSPECTED,
            None => uapi::PAGE_NONE,
        }
    }

    /// Checks that the numbers are those of the pages.
    fn check(&self) -> Result<(), Malformed> {
        if self.counts.pages() != self.pages() {
            return Err(Malformed("a row that counts other pages than it has"));
        }
        let mut counts = PageCounts::default();
        for state in &self.states {
            counts.add(*state, 1);
        }
        if !self.states.is_empty() && counts != self.counts {
            return Err(Malformed("states that are not what was counted"));
        }
        Ok(())
    }
}

/// Sums the pages up for each VMA. One that changed meanwhile is there as often.
pub fn by_vma(stretches: &[Stretch]) -> Vec<VmaPages> {
    let mut vmas: Vec<VmaPages> = Vec::new();
    for stretch in stretches {
        match vmas.last_mut() {
            Some(last) if last.vma == stretch.vma => last.counts.merge(&stretch.counts),
            _ => vmas.push(VmaPages {
                vma: stretch.vma,
                counts: stretch.counts,
            }),
        }
    }
    vmas
}

impl Device {
    /// Reads all page tables, at most `chunk` bytes per call.
    pub fn pages(&self, flags: u32, chunk: usize) -> Result<Vec<Stretch>, ReadError> {
        let mut stretches = Vec::<Stretch>::new();
        self.each_stretch(flags, chunk, |stretch| {
            stretches.push(stretch.clone());
            Ok::<_, ReadError>(())
        })?;
        Ok(stretches)
    }

    /// Reads all page tables, at most `chunk` bytes per call, and calls a function with what is
    /// read, in the order of addresses.
    pub fn each_stretch<E: From<ReadError>>(
        &self,
        flags: u32,
        chunk: usize,
        mut call: impl FnMut(&Stretch) -> Result<(), E>,
    ) -> Result<(), E> {
        let malformed = |what| E::from(ReadError::Malformed(Malformed(what)));
        let mut buf = vec![0; chunk];
        let mut from = 0;
        loop {
            let pages = self
                .read_pages(from, flags, &mut buf)
                .map_err(ReadError::Errno)?;
            let filled = buf
                .get(..pages.buf_len as usize)
                .ok_or_else(|| malformed("more than the buffer holds"))?;
            let rows = parse(filled).map_err(ReadError::from)?;
            if rows.len() != pages.rows as usize {
                return Err(malformed("another number of rows than the device says"));
            }
            for row in &rows {
                if row.start < from {
                    return Err(malformed("pages that were there before"));
                }
                from = row.end;
                call(row)?;
            }
            match pages.end {
                1 => return Ok(()),
                0 if pages.rows > 0 && pages.from == from => {}
                _ => return Err(malformed("a call without progress")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uapi::*;

    /// A row of pages in these states, as the device writes it.
    fn bytes(states: &[u16], pfns: bool) -> Vec<u8> {
        let pages = states.len() as u64;
        let mut row = PageRow {
            vma_start: 0x1000,
            vma_end: 0x10_0000,
            vma_flags: 3,
            start: 0x2000,
            end: 0x2000 + pages * PAGE_SIZE,
            row_flags: u32::from(ROW_STATES | if pfns { ROW_PFNS } else { 0 }),
            ..PageRow::default()
        };
        for state in states {
            row.counts.add(*state, 1);
        }
        let states_len = (2 * states.len()).next_multiple_of(8);
        let pfns_len = if pfns { 8 * states.len() } else { 0 };
        row.len = (size_of::<PageRow>() + states_len + pfns_len) as u32;
        // SAFETY: The type has no padding.
        let head = unsafe {
            std::slice::from_raw_parts((&raw const row).cast::<u8>(), size_of::<PageRow>())
        };
        let mut bytes = head.to_vec();
        bytes.extend(states.iter().flat_map(|state| state.to_ne_bytes()));
        bytes.resize(head.len() + states_len, 0);
        if pfns {
            bytes.extend((0..pages).flat_map(|i| (7 + i).to_ne_bytes()));
        }
        bytes
    }

    const STATES: [u16; 3] = [
        PAGE_PRESENT | PAGE_YOUNG,
        PAGE_MARKED | PAGE_GUARD,
        PAGE_NONE,
    ];

    #[test]
    fn rows() {
        let buf = [bytes(&STATES, true), bytes(&STATES[..1], false)].concat();
        let stretches = parse(&buf).unwrap();
        assert_eq!(stretches.len(), 2);
        assert_eq!(stretches[0].states, STATES);
        assert_eq!(stretches[0].pfns, [7, 8, 9]);
        assert_eq!(stretches[1].pfns, []);
        let sum = by_vma(&stretches);
        assert_eq!(sum.len(), 1);
        assert_eq!(sum[0].counts.pages(), 4);
        assert_eq!(sum[0].counts.of(PAGE_PRESENT), 2);
        assert_eq!(sum[0].counts.of(PAGE_YOUNG), 2);
        assert_eq!(sum[0].counts.of(PAGE_GUARD), 1);
        assert_eq!(sum[0].counts.of(PAGE_SOFT_DIRTY), 0);
    }

    #[test]
    fn properties_have_their_names() {
        for (bit, name) in [(PAGE_YOUNG, "young"), (PAGE_SOFT_DIRTY, "soft_dirty")] {
            let mut counts = PageCounts::default();
            counts.add(PAGE_UNINSPECTED | bit, 1);
            let named: Vec<_> = counts.named().filter(|(_, count)| *count > 0).collect();
            assert_eq!(named, [("uninspected", 1), (name, 1)]);
        }
    }

    #[test]
    fn malformed_rows() {
        let good = bytes(&STATES, true);
        assert!(parse(&good).is_ok());
        assert!(parse(&good[..good.len() - 8]).is_err());
        assert!(parse(&good[..20]).is_err());
        // Another state than was counted.
        let mut bad = good.clone();
        bad[size_of::<PageRow>()] ^= PAGE_DIRTY as u8;
        assert!(parse(&bad).is_err());
        // Another end than the pages have, or one beyond the VMA.
        for byte in [0x10, 0x00] {
            let mut bad = good.clone();
            bad[33] = byte;
            assert!(parse(&bad).is_err());
        }
    }
}
