// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the way from a VMA to its page tables, and of the lock of the upper ones.

use crate::{
    bindings,
    mm::guard::{
        order::{
            rights::SeesPfns,
            LockContext,
            LockScope, //
        },
        table::{
            pmd::Pmd,
            pte::{
                Pte,
                PteKind, //
            },
            Level,
            NoTable,
            NoTableReason,
            P4dEntry,
            PudEntry, //
        },
        tests::fixture::*, //
    }, //
};
use core::ptr::NonNull;
use kernel::{
    mm::{
        virt::flags,
        MmWithUser, //
    },
    page::PAGE_SIZE,
    prelude::*, //
};

/// How many bytes the entries of a PMD table cover together, and those of a PUD table.
const PMD_TABLE_SIZE: usize = ENTRIES * TABLE_SIZE;
const PUD_TABLE_SIZE: usize = ENTRIES * PMD_TABLE_SIZE;

/// Why there is no PTE table for an address, by the PMD entry and by each way to the table.
///
/// `Ok(None)` if there is a table, which all agree about.
fn why_no_table(mm: &MmWithUser, addr: usize) -> Result<Option<NoTable>> {
    let mut ctx = LockContext::new(mm);
    let mut guard = ctx.stabilise(addr)?;
    let (vma, mut scope) = guard.split();
    let pmd = match vma.tables()?.pmd_entry(addr) {
        Ok(pmd) => pmd,
        Err(no_table) => return Ok(Some(no_table)),
    };
    expect!(pmd.addr() == addr / PAGE_SIZE * PAGE_SIZE);
    let locked = pmd.lock_pte_table(&mut scope).err();
    expect!(pmd.map_pte_table_rcu(&mut scope).err() == locked);
    expect!(pmd.lock_pte_tables(&mut scope, &pmd).err() == locked);
    expect!(pmd.lock_pmd_table(&mut scope).lock_pte_table().err() == locked);
    let reason = pmd.read_lockless().hint().no_table_reason();
    expect!(reason == locked.map(|no_table| no_table.reason()));
    Ok(locked)
}

/// Whether there is no table for an address because of an empty entry of this level, which covers
/// what is before `end`.
fn is_empty_until(mm: &MmWithUser, addr: usize, level: Level, end: usize) -> Result<bool> {
    let no_table = why_no_table(mm, addr)?.ok_or(ENOENT)?;
    Ok(no_table.reason() == NoTableReason::Empty
        && no_table.level() == level
        && no_table.end() == end)
}

#[kunit_tests(mmguard_page_table)]
mod suite {
    use super::*;

    #[test]
    fn addresses_outside_the_vma_are_refused() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 3)?;
        let mut ctx = LockContext::new(&mm);
        let vma = ctx.stabilise(BASE)?;
        let end = BASE + 3 * PAGE_SIZE;
        let tables = vma.tables()?;
        for addr in [0, UNMAPPED, BASE - 1, end, end + PAGE_SIZE, usize::MAX] {
            let no_table = tables.pgd_entry(addr).err().ok_or(EINVAL)?;
            expect!(no_table.reason() == NoTableReason::Outside);
            expect!(no_table.end() == if addr < BASE { BASE } else { usize::MAX });
            expect!(tables.pmd_entry(addr).err() == Some(no_table));
        }
        for addr in [BASE, BASE + 1, end - 1] {
            expect!(tables.pmd_entry(addr).is_ok());
        }
        Ok(())
    }

    #[test]
    fn vmas_whose_tables_are_not_walked() -> Result {
        // Those that `execve` sets.
        const NEW_STACK: usize =
            (1 << bindings::VMA_RAND_READ_BIT) | (1 << bindings::VMA_SEQ_READ_BIT);

        let mm = TestMm::empty()?;
        mm.map_stack(BASE, 1)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let vma = guard.vma_start_write(BASE)?;
        let hugetlb = cfg!(CONFIG_HUGETLB_PAGE).then_some(EINVAL);
        for (flags, err) in [
            (flags::NONE, None),
            (NEW_STACK, Some(EBUSY)),
            (flags::HUGETLB, hugetlb),
        ] {
            // SAFETY: The VMA is write-locked, and its mm has no user but this test.
            unsafe { bindings::vm_flags_set(vma.as_ptr(), flags) };
            let refused = vma.tables().err();
            // SAFETY: As above.
            unsafe { bindings::vm_flags_clear(vma.as_ptr(), flags) };
            expect!(refused == err);
        }
        Ok(())
    }

    /// Entries that hardly any process has. The bits are those of x86.
    #[test]
    #[cfg(CONFIG_X86_64)]
    fn entries_that_lead_to_no_table() -> Result {
        const PRESENT: usize = 1;
        const WRITABLE: usize = 1 << 1;
        const UNCACHED: usize = 1 << 4;
        const LEAF: usize = PRESENT | 1 << 7;

        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let vma = ctx.stabilise(BASE)?;
        let place = vma.tables()?.place(BASE).or(Err(EINVAL))?;
        for (value, reason) in [
            (0, NoTableReason::Empty),
            (WRITABLE, NoTableReason::NotPresent),
            (LEAF, NoTableReason::Leaf),
            (PRESENT | UNCACHED, NoTableReason::Bad),
        ] {
            let mut entry = bindings::pud_t { pud: value };
            // INVARIANT: The entry leads to no table.
            let pud = PudEntry {
                place,
                entry: NonNull::from(&mut entry),
            };
            let no_table = pud.pmd_entry().err().ok_or(EINVAL)?;
            expect!(no_table.reason() == reason && no_table.level() == Level::Pud);
            let pmd = Pmd::from_raw(bindings::pmd_t { pmd: value });
            expect!(pmd.no_table_reason() == Some(reason));
        }
        let mut entry = bindings::p4d_t {
            p4d: PRESENT | UNCACHED,
        };
        // INVARIANT: As above.
        let p4d = P4dEntry {
            place,
            entry: NonNull::from(&mut entry),
        };
        let no_table = p4d.pud_entry().err().ok_or(EINVAL)?;
        expect!(no_table.reason() == NoTableReason::Bad && no_table.level() == Level::P4d);
        Ok(())
    }

    /// The bits are those of x86, and the types are those of `include/linux/swap.h`.
    #[test]
    #[cfg(CONFIG_X86_64)]
    fn kinds_of_entries_that_are_not_present() -> Result {
        let entry = |kind: usize, offset: usize| {
            let pte = kind << 59 | (!offset << 14) >> 5;
            Pte::from_raw(bindings::pte_t { pte })
        };
        // From the last type down.
        let mut types = (0..32).rev();
        let marker = types.next().ok_or(EINVAL)?;
        for (exist, count, kind) in [
            (cfg!(CONFIG_DEVICE_PRIVATE), 1, PteKind::DeviceExclusive),
            (cfg!(CONFIG_DEVICE_PRIVATE), 2, PteKind::DevicePrivate),
            (cfg!(CONFIG_MIGRATION), 3, PteKind::Migration),
            (cfg!(CONFIG_MEMORY_FAILURE), 1, PteKind::HwPoison),
        ] {
            for of_kind in types.by_ref().take(if exist { count } else { 0 }) {
                expect!(entry(of_kind, 7).kind() == kind);
            }
        }
        for swap in types {
            let pte = entry(swap, 7);
            expect!(pte.kind() == PteKind::Swap && !pte.is_present() && !pte.is_none());
            expect!(!pte.is_guard_marker() && !pte.is_uffd_wp_marker() && !pte.is_poison_marker());
        }
        for (bit, uffd, poison, guard) in [
            (1, true, false, false),
            (2, false, true, false),
            (4, false, false, true),
        ] {
            let pte = entry(marker, bit);
            expect!(pte.kind() == PteKind::Marker);
            expect!(pte.is_uffd_wp_marker() == uffd && pte.is_uffd() == uffd);
            expect!(pte.is_poison_marker() == poison && pte.is_guard_marker() == guard);
        }
        Ok(())
    }

    /// The bits are those of x86.
    #[test]
    #[cfg(CONFIG_X86_64)]
    fn bits_of_a_page() -> Result {
        const PRESENT: usize = 1;
        // A page that is swapped out.
        const SWAPPED: usize = 1 << 20;

        let pte = |pte| Pte::from_raw(bindings::pte_t { pte });
        for (value, soft_dirty, uffd) in [
            (0, false, false),
            (PRESENT, false, false),
            // What these bits are of a page that is not present.
            (PRESENT | 1 << 1 | 1 << 2, false, false),
            (PRESENT | 1 << 11, true, false),
            (PRESENT | 1 << 10, false, true),
            (SWAPPED, false, false),
            (SWAPPED | 1 << 10 | 1 << 11, false, false),
            (SWAPPED | 1 << 1, true, false),
            (SWAPPED | 1 << 2, false, true),
        ] {
            let tracked = cfg!(CONFIG_MEM_SOFT_DIRTY);
            expect!(pte(value).is_soft_dirty() == (soft_dirty && tracked));
            let tracked = cfg!(CONFIG_HAVE_ARCH_USERFAULTFD_WP);
            expect!(pte(value).is_uffd() == (uffd && tracked));
        }

        let mm = TestMm::new()?;
        mm.read(BASE)?;
        let zero = pte_at(&mm, BASE)?.pfn(&SeesPfns::current_task()?);
        let zero = zero.ok_or(ENOENT)? << 12;
        expect!(pte(zero | PRESENT).maps_zero_page());
        // Of an entry that is not present, these bits are inverted.
        expect!(!pte(!zero & 0xf_ffff_ffff_f000 | 1 << 1).maps_zero_page());
        Ok(())
    }

    /// The bits are those of x86.
    #[test]
    #[cfg(all(CONFIG_X86_64, CONFIG_TRANSPARENT_HUGEPAGE))]
    fn bits_of_a_huge_page() -> Result {
        const LEAF: usize = 1 | 1 << 7;
        const NOT_PRESENT: usize = 1 << 9;

        let pmd = |value| Pmd::from_raw(bindings::pmd_t { pmd: value });
        expect!(pmd(LEAF | 1 << 9).is_special() && !pmd(LEAF).is_special());
        expect!(!pmd(NOT_PRESENT).is_special());
        for (value, soft_dirty, uffd) in [
            (LEAF, false, false),
            (LEAF | 1 << 11, true, false),
            (LEAF | 1 << 10, false, true),
            (NOT_PRESENT, false, false),
            (NOT_PRESENT | 1 << 1, true, false),
            (NOT_PRESENT | 1 << 2, false, true),
        ] {
            let tracked = cfg!(CONFIG_MEM_SOFT_DIRTY);
            expect!(pmd(value).is_soft_dirty() == (soft_dirty && tracked));
            let tracked = cfg!(CONFIG_HAVE_ARCH_USERFAULTFD_WP);
            expect!(pmd(value).is_uffd() == (uffd && tracked));
        }
        Ok(())
    }

    #[test]
    fn fault_makes_a_table() -> Result {
        let mm = TestMm::new()?;
        // Nothing else is in this mm: the hole is that of an entry of the topmost level.
        let hole = why_no_table(&mm, BASE)?.ok_or(ENOENT)?;
        expect!(hole.reason() == NoTableReason::Empty);
        expect!(matches!(hole.level(), Level::Pgd | Level::P4d));
        expect!(hole.end() == BASE + 3 * PAGE_SIZE);

        let before = table_bytes(&mm);
        mm.touch(BASE + PAGE_SIZE, 1)?;
        expect!(why_no_table(&mm, BASE)?.is_none());
        expect!(why_no_table(&mm, BASE + 3 * PAGE_SIZE - 1)?.is_none());
        // By the kernel's count, a table was made for each of the levels.
        expect!(table_bytes(&mm) - before >= 3 * PAGE_SIZE);
        Ok(())
    }

    #[test]
    fn holes_of_each_level_have_their_ends() -> Result {
        let mm = TestMm::empty()?;
        let start = BASE.next_multiple_of(PUD_TABLE_SIZE);
        let pages = (2 * PUD_TABLE_SIZE + 5 * PAGE_SIZE) / PAGE_SIZE;
        // It is not writable, so it needs no memory.
        mm.map(start, pages, PROT_READ)?;
        let end = start + pages * PAGE_SIZE;
        expect!(mm.read(start)? == 0);
        expect!(why_no_table(&mm, start)?.is_none());

        let addr = start + TABLE_SIZE;
        expect!(is_empty_until(&mm, addr, Level::Pmd, addr + TABLE_SIZE)?);
        let last = addr + TABLE_SIZE - 1;
        expect!(is_empty_until(&mm, last, Level::Pmd, addr + TABLE_SIZE)?);

        let addr = start + PMD_TABLE_SIZE;
        let next = addr + PMD_TABLE_SIZE;
        expect!(is_empty_until(&mm, addr, Level::Pud, next)?);
        expect!(is_empty_until(&mm, next - 1, Level::Pud, next)?);

        let addr = start + PUD_TABLE_SIZE;
        let next = addr + PUD_TABLE_SIZE;
        expect!(is_empty_until(&mm, addr, Level::P4d, next)?);
        expect!(is_empty_until(&mm, next - 1, Level::P4d, next)?);

        // The VMA ends within what the entries cover.
        expect!(is_empty_until(&mm, next, Level::P4d, end)?);
        expect!(mm.read(next)? == 0);
        expect!(why_no_table(&mm, next)?.is_none());
        Ok(())
    }

    #[test]
    fn hole_ends_with_the_vma() -> Result {
        let mm = TestMm::empty()?;
        // A table, and a VMA of three pages in the next one, which a neighbour follows.
        mm.map(TABLE, 1, PROT_READ)?;
        mm.map(TABLE + TABLE_SIZE, 3, PROT_READ)?;
        mm.map(TABLE + TABLE_SIZE + 3 * PAGE_SIZE, 1, PROT_NONE)?;
        expect!(mm.read(TABLE)? == 0);
        let end = TABLE + TABLE_SIZE + 3 * PAGE_SIZE;
        expect!(is_empty_until(&mm, TABLE + TABLE_SIZE, Level::Pmd, end)?);
        Ok(())
    }

    #[test]
    fn huge_page_is_no_table() -> Result {
        let mm = TestMm::empty()?;
        mm.map_huge(TABLE, 2)?;
        let before = faults();
        mm.touch(TABLE, ENTRIES)?;
        // One fault for all pages: it is a huge page.
        expect!(faults() == before + 1);

        for addr in [TABLE, TABLE + 5 * PAGE_SIZE, TABLE + TABLE_SIZE - 1] {
            let no_table = why_no_table(&mm, addr)?.ok_or(ENOENT)?;
            expect!(no_table.reason() == NoTableReason::Leaf);
            expect!(no_table.level() == Level::Pmd);
            expect!(no_table.end() == TABLE + TABLE_SIZE);
        }
        let next = TABLE + TABLE_SIZE;
        expect!(is_empty_until(&mm, next, Level::Pmd, next + TABLE_SIZE)?);
        Ok(())
    }

    #[test]
    fn page_table_lock_keeps_an_empty_entry() -> Result {
        let mm = TestMm::empty()?;
        let start = BASE.next_multiple_of(PMD_TABLE_SIZE);
        let hole = start + PMD_TABLE_SIZE;
        mm.map(start, 2 * ENTRIES * ENTRIES, PROT_READ)?;
        expect!(mm.read(start)? == 0);
        let lock = SpinLock::of_mm(&mm);
        let other = Contender::new(lock, {
            let mm = mm.share();
            move || {
                // The fault takes the lock for the PMD table.
                let _ = in_mm(&mm, || read_here(hole));
            }
        })?;

        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(start)?;
        let (vma, mut scope) = guard.split();
        let pud = vma
            .tables()?
            .pgd_entry(hole)
            .and_then(|pgd| pgd.p4d_entry())
            .or(Err(ENOENT))?;
        let pud = pud.pud_entry().or(Err(ENOENT))?;
        let held = LocksHeld::count();
        let locked = pud.page_table_lock(&mut scope);
        expect!(lock.is_mine());
        expect!(held.and(1));
        expect!(locked
            .no_table()
            .is_some_and(|hole| hole.level() == Level::Pud));
        expect!(other.is_kept_out());
        expect!(locked.no_table().is_some());
        drop(locked);
        expect!(lock.is_not_mine());
        expect!(held.and(0));
        expect!(other.gets_in());
        expect!(pud.page_table_lock(&mut scope).no_table().is_none());
        expect!(pud.pmd_entry().is_ok());
        Ok(())
    }
}
