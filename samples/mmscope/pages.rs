// SPDX-License-Identifier: GPL-2.0-only

//! What the page tables of the process say.
//!
//! A few tables are read under the lock of their VMA, each under its own lock. What was found is
//! written to user memory when neither these nor the mm are held. Then the walk goes on where it
//! was, in that VMA or what has come in its place.

use super::{
    guard::{
        order::{
            rights::SeesPfns,
            uaccess::{
                MayFault,
                OrderedUserSlice,
                OrderedUserSliceWriter, //
            },
            LockScope,
            NothingHeld, //
        },
        table::{
            pmd::Pmd,
            pte::{
                Pte,
                PteKind, //
            },
            NoTable,
            NoTableReason, //
        },
        vma::stable::{
            HeldLock,
            StableGuard, //
        }, //
    },
    is_interrupted,
    uapi::{
        self,
        PageRow,
        Pages, //
    },
    Target,
    ROW_ALIGN, //
};
use kernel::{
    bindings,
    page::PAGE_SIZE,
    prelude::*,
    transmute::{
        AsBytes,
        FromBytes, //
    },
    uaccess::{
        UserPtr,
        UserSlice, //
    },
};

/// The most that one call writes.
const MAX_BUF_LEN: usize = 2 << 20;

/// The most entries that one call looks at. With [`MAX_BUF_LEN`] it bounds the time of the call.
const MAX_ENTRIES: usize = 1 << 16;

/// The most entries that are looked at under one hold of a VMA's lock. Others may wait for it.
const MAX_ENTRIES_OF_ROW: usize = 1 << 13;

// SAFETY: The type has no padding, and any bits are a valid value of it.
unsafe impl FromBytes for Pages {}
// SAFETY: The type has no padding and no interior mutability.
unsafe impl AsBytes for Pages {}
// SAFETY: The type has no padding and no interior mutability.
unsafe impl AsBytes for PageRow {}

/// Reads the page tables of `target`, as much as fits.
pub(super) fn read(target: &Target, pages: &mut Pages) -> Result {
    let mut from = target.start_of_walk(pages.from)?;
    let mut found = Found::new(pages.flags)?;
    let buf = UserPtr::from_addr(usize::try_from(pages.buf)?);
    let room = usize::try_from(pages.buf_len)?.min(MAX_BUF_LEN);
    let mut writer = OrderedUserSlice::new(UserSlice::new(buf, room)).writer();

    *pages = Pages {
        buf: pages.buf,
        flags: pages.flags,
        ..Pages::default()
    };
    let mut looked_at = 0;
    while looked_at < MAX_ENTRIES && !is_interrupted(pages.rows) {
        if !found.make_room(writer.len()) {
            if pages.rows == 0 {
                return Err(ENOSPC);
            }
            break;
        }
        let entries = target.look(|ctx| {
            let mut walk = ctx.walk_vmas(from);
            let Some(vma) = walk.next_vma()? else {
                return Ok(None);
            };
            // The locks are dropped here.
            let entries = found.look(vma, from)?;
            pages.fallbacks += walk.fallbacks() as u32;
            Ok(Some(entries))
        })?;
        let Some(entries) = entries else {
            pages.end = 1;
            break;
        };
        looked_at += entries;
        pages.rows += 1;
        pages.buf_len += u64::from(found.row.len);
        from = found.row.end as usize;
        found.write(&mut NothingHeld::new(), &mut writer)?;
    }
    pages.from = from as u64;
    Ok(())
}

/// What was found, and where it is kept until it is written.
struct Found {
    row: PageRow,
    states: KVVec<u16>,
    pfns: KVVec<u64>,
    /// The right to see page frames, if they are asked for.
    who: Option<SeesPfns>,
    /// How much is written of each page, 0 if they are counted only.
    bytes_per_page: usize,
    /// The most pages of a row with their states.
    max_pages: usize,
}

/// What an entry says of a page.
#[derive(Clone, Copy)]
struct Entry {
    state: u16,
    /// 0 if no page is present, or nobody asks.
    pfn: usize,
}

impl Entry {
    fn new(state: u16) -> Self {
        Self { state, pfn: 0 }
    }
}

impl Found {
    fn new(flags: u32) -> Result<Self> {
        if flags & !(uapi::PAGES_STATES | uapi::PAGES_PFNS) != 0 {
            return Err(EINVAL);
        }
        let mut found = Self {
            row: PageRow::default(),
            states: KVVec::new(),
            pfns: KVVec::new(),
            who: None,
            bytes_per_page: 0,
            max_pages: usize::MAX,
        };
        if flags != 0 {
            found.bytes_per_page = size_of::<u16>();
            found.states.reserve(MAX_ENTRIES_OF_ROW, GFP_KERNEL)?;
        }
        if flags & uapi::PAGES_PFNS != 0 {
            found.who = Some(SeesPfns::current_task()?);
            found.bytes_per_page += size_of::<u64>();
            found.pfns.reserve(MAX_ENTRIES_OF_ROW, GFP_KERNEL)?;
        }
        Ok(found)
    }

    /// Forgets what was found, and returns whether a row with a page fits in `room` bytes.
    fn make_room(&mut self, room: usize) -> bool {
        self.states.clear();
        self.pfns.clear();
        let Some(room) = room.checked_sub(size_of::<PageRow>()) else {
            return false;
        };
        // The rest is a multiple of the alignment, so the padding fits too.
        if let Some(pages) = (room & !(ROW_ALIGN - 1)).checked_div(self.bytes_per_page) {
            self.max_pages = pages.min(MAX_ENTRIES_OF_ROW);
        }
        self.max_pages > 0
    }

    /// Looks at pages of a VMA from `from` on, and returns how many entries it looked at.
    ///
    /// A row has the states of all its pages, or there is no table for any of them.
    fn look(&mut self, mut guard: StableGuard<'_>, from: usize) -> Result<usize> {
        let held_lock = guard.held_lock();
        let (vma, mut scope) = guard.split();
        let (start, end) = (vma.start().max(from), vma.end());
        let mut row_flags = 0;
        if vma.is_anonymous() {
            row_flags |= uapi::ROW_ANONYMOUS;
        }
        if held_lock == HeldLock::Mmap {
            row_flags |= uapi::ROW_MMAP_LOCKED;
        }
        self.row = PageRow {
            vma_start: vma.start() as u64,
            vma_end: end as u64,
            vma_flags: vma.flags() as u64,
            start: start as u64,
            ..PageRow::default()
        };

        let mut addr = start;
        let mut entries = 0;
        let tables = vma.tables();
        if tables.is_err() {
            // The tables of hugetlb are not for this.
            self.count(Entry::new(uapi::PAGE_UNINSPECTED), end - start);
            (addr, entries) = (end, 1);
        }
        while addr < end && entries < MAX_ENTRIES_OF_ROW {
            let room = self.max_pages - self.states.len();
            let is_hole = self.bytes_per_page != 0 && self.states.is_empty() && addr > start;
            let pmd = tables?.pmd_entry(addr);
            let table = pmd.as_ref().map_err(|none| *none);
            let no_table = match table.and_then(|pmd| pmd.lock_pte_table(&mut scope)) {
                Ok(table) => {
                    if is_hole || room == 0 {
                        break;
                    }
                    for (at, pte) in table.iter_from(addr).take(room) {
                        self.push(pte_entry(pte, self.who.as_ref()), PAGE_SIZE);
                        addr = at + PAGE_SIZE;
                        entries += 1;
                    }
                    continue;
                }
                Err(no_table) => no_table,
            };
            if no_table.reason() == NoTableReason::Empty {
                if !self.states.is_empty() {
                    break;
                }
                entries += 1;
                self.count(Entry::new(uapi::PAGE_NONE), no_table.end() - addr);
                addr = no_table.end();
                continue;
            }
            if is_hole || room == 0 {
                break;
            }
            let entry = match &pmd {
                Ok(pmd) => {
                    let table = pmd.lock_pmd_table(&mut scope);
                    pmd_entry(table.get(), addr, vma.is_anonymous(), self.who.as_ref())
                }
                Err(no_table) => Some(upper_entry(no_table)),
            };
            // Else it has become another one meanwhile.
            if let Some(entry) = entry {
                let len = (no_table.end() - addr).min(room.saturating_mul(PAGE_SIZE));
                self.push(entry, len);
                entries += 1;
                addr += len;
            }
        }

        self.row.end = addr as u64;
        if !self.states.is_empty() {
            row_flags |= uapi::ROW_STATES;
        }
        if !self.pfns.is_empty() {
            row_flags |= uapi::ROW_PFNS;
        }
        self.row.row_flags = row_flags.into();
        // CAST: It is as long as the buffer of a call at most.
        self.row.len = (size_of::<PageRow>()
            + size_of_val(&*self.states).next_multiple_of(ROW_ALIGN)
            + size_of_val(&*self.pfns)) as u32;
        Ok(entries)
    }

    /// Counts pages of `len` bytes.
    fn count(&mut self, entry: Entry, len: usize) {
        self.row.counts.add(entry.state, (len / PAGE_SIZE) as u64);
    }

    /// Counts pages of `len` bytes, and keeps the state of each, if that is asked for.
    fn push(&mut self, entry: Entry, len: usize) {
        self.count(entry, len);
        if self.bytes_per_page == 0 {
            return;
        }
        for i in 0..len / PAGE_SIZE {
            // There is room. Nothing is allocated, as a table is locked.
            let _ = self.states.push_within_capacity(entry.state);
            if self.who.is_some() {
                let pfn = if entry.pfn == 0 { 0 } else { entry.pfn + i };
                let _ = self.pfns.push_within_capacity(pfn as u64);
            }
        }
    }

    /// Writes the row and all that comes with it.
    fn write(&self, scope: &mut impl MayFault, writer: &mut OrderedUserSliceWriter) -> Result {
        writer.write(scope, &self.row)?;
        let states = AsBytes::as_bytes(&*self.states);
        writer.write_slice(scope, states)?;
        let padding = states.len().next_multiple_of(ROW_ALIGN) - states.len();
        writer.write_slice(scope, &[0; ROW_ALIGN][..padding])?;
        writer.write_slice(scope, AsBytes::as_bytes(&*self.pfns))
    }
}

/// Picks the bits whose condition holds.
fn bits<const N: usize>(bits: [(bool, u16); N]) -> u16 {
    bits.iter()
        .fold(0, |all, &(holds, bit)| if holds { all | bit } else { all })
}

/// What an entry of a PTE table says.
fn pte_entry(pte: Pte, who: Option<&SeesPfns>) -> Entry {
    let kind = match pte.kind() {
        PteKind::None => uapi::PAGE_NONE,
        PteKind::Present => uapi::PAGE_PRESENT,
        PteKind::Swap => uapi::PAGE_SWAPPED,
        PteKind::Migration => uapi::PAGE_MIGRATING,
        PteKind::DevicePrivate | PteKind::DeviceExclusive => uapi::PAGE_DEVICE,
        PteKind::Marker => uapi::PAGE_MARKED,
        PteKind::HwPoison => uapi::PAGE_FAILED,
    };
    let properties = bits([
        (pte.is_young(), uapi::PAGE_YOUNG),
        (pte.is_dirty(), uapi::PAGE_DIRTY),
        (pte.is_special(), uapi::PAGE_SPECIAL),
        (pte.maps_zero_page(), uapi::PAGE_ZERO),
        (pte.is_uffd(), uapi::PAGE_UFFD),
        (pte.is_guard_marker(), uapi::PAGE_GUARD),
        (pte.is_poison_marker(), uapi::PAGE_POISON),
        (pte.is_soft_dirty(), uapi::PAGE_SOFT_DIRTY),
    ]);
    Entry {
        state: kind | properties,
        pfn: who.and_then(|who| pte.pfn(who)).unwrap_or(0),
    }
}

/// What an entry of a PMD table says of the page at `addr`, or `None` if it leads to a table.
fn pmd_entry(pmd: Pmd, addr: usize, anonymous: bool, who: Option<&SeesPfns>) -> Option<Entry> {
    /// The pages of a huge page of this level: it takes the place of a PTE table.
    const PAGES: usize = PAGE_SIZE / size_of::<bindings::pte_t>();

    let kind = match pmd.no_table_reason()? {
        NoTableReason::Empty => return Some(Entry::new(uapi::PAGE_NONE)),
        NoTableReason::Bad | NoTableReason::Outside => {
            return Some(Entry::new(uapi::PAGE_UNKNOWN));
        }
        NoTableReason::Leaf => uapi::PAGE_PRESENT,
        NoTableReason::NotPresent if pmd.is_migration() => uapi::PAGE_MIGRATING,
        NoTableReason::NotPresent => uapi::PAGE_DEVICE,
    };
    let properties = bits([
        (pmd.is_young(), uapi::PAGE_YOUNG),
        (pmd.is_dirty(), uapi::PAGE_DIRTY),
        (pmd.is_special(), uapi::PAGE_SPECIAL),
        // A special huge page of anonymous memory can be no other.
        (pmd.is_special() && anonymous, uapi::PAGE_ZERO),
        (pmd.is_uffd(), uapi::PAGE_UFFD),
        (pmd.is_soft_dirty(), uapi::PAGE_SOFT_DIRTY),
    ]);
    let pfn = who.and_then(|who| pmd.pfn(who));
    Some(Entry {
        state: kind | uapi::PAGE_HUGE | properties,
        pfn: pfn.map_or(0, |pfn| pfn + addr / PAGE_SIZE % PAGES),
    })
}

/// What an entry above the PMD tables says that leads to no table, and is not empty.
fn upper_entry(no_table: &NoTable) -> Entry {
    Entry::new(match no_table.reason() {
        NoTableReason::Leaf => uapi::PAGE_PRESENT | uapi::PAGE_HUGE,
        _ => uapi::PAGE_UNKNOWN,
    })
}
