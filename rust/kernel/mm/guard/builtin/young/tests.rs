// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the changes that entries bear while they map the same.

use crate::{
    bindings,
    mm::guard::{
        builtin::{
            folio::{
                get_user_folio,
                Folio,
                FolioRef, //
            },
            young::PteUpdate, //
        },
        order::{
            rights::SeesPfns,
            LockContext,
            LockScope, //
        },
        table::pte::Pte,
        tests::fixture::*, //
    }, //
};
use core::ptr::null_mut;
#[cfg(CONFIG_PAGE_IDLE_FLAG)]
use kernel::{
    mm::MmWithUser,
    page::PAGE_SIZE,
    prelude::*, //
};

/// The C value of an entry.
fn raw(pte: Pte) -> Result<u64> {
    Ok(pte.into_raw(&SeesPfns::current_task()?).pte as u64)
}

/// Whether the accessed bit may be set by a page fault, and not by the hardware.
const BY_FAULT: bool = cfg!(not(CONFIG_X86_64));

/// Whether the entry for an address is empty, as C finds it without a lock.
fn is_none_by_rcu(pmd: *mut bindings::pmd_t, addr: usize) -> bool {
    // SAFETY: The VMA is locked by the tests, which keeps the table that the entry is in. What is
    // mapped is unmapped.
    unsafe {
        let pte = bindings::__pte_offset_map(pmd, addr, null_mut());
        !pte.is_null() && {
            let none = bindings::pte_none(bindings::ptep_get_lockless(pte)) != 0;
            bindings::pte_unmap(pte);
            none
        }
    }
}

/// The folio that is mapped at an address.
#[cfg(CONFIG_PAGE_IDLE_FLAG)]
fn folio_at(mm: &MmWithUser, addr: usize) -> Result<FolioRef> {
    let mut ctx = LockContext::new(mm);
    let mut guard = ctx.mmap_read_lock();
    get_user_folio(&mut guard, addr)
}

/// Whether a folio has the mark of `folio_set_young()`.
#[cfg(CONFIG_PAGE_IDLE_FLAG)]
fn is_marked_young(folio: &Folio) -> bool {
    let folio: *const Folio = folio;
    // SAFETY: The folio is valid: it begins with its first page, whose flags are atomic. CAST:
    // `Folio` is a transparent wrapper.
    let flags = unsafe {
        let page = folio.cast::<bindings::page>();
        (&raw const (*page).flags.f).read_volatile()
    };
    flags & 1 << bindings::pageflags_PG_young != 0
}

/// Clears the accessed bit of the entry for an address, and flushes the TLBs.
fn clear_young(mm: &MmWithUser, addr: usize) -> Result<bool> {
    let mut ctx = LockContext::new(mm);
    let mut guard = ctx.stabilise(addr)?;
    let (vma, mut scope) = guard.split();
    let mut stale = vma.stale_tlb();
    let pmd = vma.tables()?.pmd_entry(addr).or(Err(ENOENT))?;
    let table = pmd.lock_pte_table(&mut scope).or(Err(ENOENT))?;
    let young = table.test_and_clear_young(addr, &mut stale)?;
    drop(table);
    stale.flush();
    Ok(young)
}

#[kunit_tests(mmguard_young)]
mod suite {
    use super::*;

    #[test]
    fn accessed_bit_is_cleared_and_comes_back() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 3)?;
        let addr = BASE + PAGE_SIZE;
        let before = pte_at(&mm, addr)?;
        expect!(before.is_young());
        for access in [true, false] {
            expect!(clear_young(&mm, addr + 5)?);
            let old = pte_at(&mm, addr)?;
            expect!(!old.is_young() && old.is_present());
            expect!(old.is_dirty() && old.is_writable());
            // Not that of its neighbours.
            expect!(pte_at(&mm, BASE)?.is_young());
            expect!(pte_at(&mm, BASE + 2 * PAGE_SIZE)?.is_young());
            // It is cleared once.
            expect!(!clear_young(&mm, addr)?);
            // An access sets it, as nothing is cached.
            let faults_before = faults();
            if access {
                expect!(mm.read(addr)? == 1);
            } else {
                mm.touch(addr, 1)?;
            }
            expect!(BY_FAULT || faults() == faults_before);
            expect!(raw(pte_at(&mm, addr)?)? == raw(before)?);
        }
        Ok(())
    }

    #[cfg(CONFIG_PAGE_IDLE_FLAG)]
    #[test]
    fn reclaim_is_told_of_the_access() -> Result {
        let mm = TestMm::empty()?;
        mm.map(BASE, 2, PROT_READ | PROT_WRITE)?;
        mm.map_huge(TABLE + TABLE_SIZE, 1)?;
        mm.touch(BASE, 1)?;
        mm.touch(TABLE + TABLE_SIZE, 1)?;
        expect!(mm.read(BASE + PAGE_SIZE)? == 0);
        let (page, huge) = (folio_at(&mm, BASE)?, folio_at(&mm, TABLE + TABLE_SIZE)?);
        expect!(!is_marked_young(&page) && !is_marked_young(&huge));

        // The zero page is not counted, and is not marked.
        expect!(clear_young(&mm, BASE + PAGE_SIZE)?);
        expect!(!is_marked_young(&page));
        expect!(clear_young(&mm, BASE)?);
        expect!(is_marked_young(&page) && !is_marked_young(&huge));

        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(TABLE + TABLE_SIZE)?;
        let (vma, mut scope) = guard.split();
        let mut stale = vma.stale_tlb();
        let pmd = vma
            .tables()?
            .pmd_entry(TABLE + TABLE_SIZE)
            .or(Err(ENOENT))?;
        expect!(pmd
            .lock_pmd_table(&mut scope)
            .test_and_clear_young(&mut stale)?);
        stale.flush();
        expect!(is_marked_young(&huge));
        Ok(())
    }

    #[test]
    fn what_is_cached_may_be_left() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 2)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(BASE)?;
        let (vma, mut scope) = guard.split();
        let mut stale = vma.stale_tlb();
        let pmd = vma.tables()?.pmd_entry(BASE).or(Err(ENOENT))?;
        let table = pmd.lock_pte_table(&mut scope).or(Err(ENOENT))?;
        for page in 0..2 {
            expect!(table.test_and_clear_young(BASE + page * PAGE_SIZE, &mut stale)?);
            expect!(!table.test_and_clear_young(BASE + page * PAGE_SIZE, &mut stale)?);
        }
        // Nothing is there.
        expect!(!table.test_and_clear_young(BASE + 2 * PAGE_SIZE, &mut stale)?);
        expect!(table.get(BASE + 2 * PAGE_SIZE)?.is_none());
        stale.leave();
        expect!(table.iter().all(|(_, pte)| !pte.is_young()));
        Ok(())
    }

    #[test]
    fn other_addresses_and_duties_are_refused() -> Result {
        let mm = TestMm::empty()?;
        let next = TABLE + TABLE_SIZE;
        mm.map(next - PAGE_SIZE, 2, PROT_READ | PROT_WRITE)?;
        mm.map(next + PAGE_SIZE, 1, PROT_READ)?;
        mm.touch(next - PAGE_SIZE, 2)?;
        expect!(mm.read(next + PAGE_SIZE)? == 0);
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_read_lock();
        let (mm_guard, mut scope) = guard.split();
        let vma = mm_guard.vma_lookup(next).ok_or(EFAULT)?;
        let other = mm_guard.vma_lookup(next + PAGE_SIZE).ok_or(EFAULT)?;
        let (mut stale, mut of_other) = (vma.stale_tlb(), other.stale_tlb());
        let pmd = vma.tables()?.pmd_entry(next).or(Err(ENOENT))?;
        let table = pmd.lock_pte_table(&mut scope).or(Err(ENOENT))?;
        for outside in [next - PAGE_SIZE, next - 1, next + PAGE_SIZE, 0, usize::MAX] {
            let young = table.test_and_clear_young(outside, &mut stale);
            expect!(young.err() == Some(EFAULT));
            let updated = table.update(outside, &mut stale, |_| PteUpdate::Old);
            expect!(updated.err() == Some(EFAULT));
        }
        let before = raw(table.get(next)?)?;
        let young = table.test_and_clear_young(next, &mut of_other);
        expect!(young.err() == Some(EINVAL));
        let updated = table.update(next, &mut of_other, |_| PteUpdate::Old);
        expect!(updated.err() == Some(EINVAL));
        expect!(raw(table.get(next)?)? == before && table.get(next)?.is_young());
        drop(table);
        for addr in [next - PAGE_SIZE, next + PAGE_SIZE] {
            let vma = mm_guard.vma_lookup(addr).ok_or(EFAULT)?;
            let pmd = vma.tables()?.pmd_entry(addr).or(Err(ENOENT))?;
            let table = pmd.lock_pte_table(&mut scope).or(Err(ENOENT))?;
            expect!(table.get(addr)?.is_young());
        }
        Ok(())
    }

    #[test]
    fn huge_page_has_one_bit() -> Result {
        let mm = TestMm::empty()?;
        mm.map_huge(TABLE, 1)?;
        mm.touch(TABLE, 1)?;
        for _ in 0..2 {
            let mut ctx = LockContext::new(&mm);
            let mut guard = ctx.stabilise(TABLE)?;
            let (vma, mut scope) = guard.split();
            let mut stale = vma.stale_tlb();
            let pmd = vma
                .tables()?
                .pmd_entry(TABLE + 5 * PAGE_SIZE)
                .or(Err(ENOENT))?;
            let locked = pmd.lock_pmd_table(&mut scope);
            expect!(locked.get().is_leaf() && locked.get().is_young());
            expect!(locked.test_and_clear_young(&mut stale)?);
            expect!(!locked.test_and_clear_young(&mut stale)?);
            let old = locked.get();
            expect!(old.is_leaf() && !old.is_young() && old.is_dirty() && old.is_writable());
            drop(locked);
            stale.flush();
            drop(guard);
            // An access to what would be cached.
            expect!(mm.read(TABLE)? == 1);
        }
        Ok(())
    }

    #[test]
    fn only_a_huge_page_is_taken_for_one() -> Result {
        let mm = TestMm::empty()?;
        mm.map(TABLE, 2 * ENTRIES, PROT_READ | PROT_WRITE)?;
        mm.map(TABLE + 2 * TABLE_SIZE, 1, PROT_READ)?;
        mm.touch(TABLE, 1)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_read_lock();
        let (mm_guard, mut scope) = guard.split();
        let vma = mm_guard.vma_lookup(TABLE).ok_or(EFAULT)?;
        let other = mm_guard.vma_lookup(TABLE + 2 * TABLE_SIZE).ok_or(EFAULT)?;
        let (mut stale, mut of_other) = (vma.stale_tlb(), other.stale_tlb());
        // A table, and a hole.
        for addr in [TABLE, TABLE + TABLE_SIZE] {
            let pmd = vma.tables()?.pmd_entry(addr).or(Err(ENOENT))?;
            let locked = pmd.lock_pmd_table(&mut scope);
            let before = locked.get().no_table_reason();
            expect!(!locked.test_and_clear_young(&mut stale)?);
            expect!(locked.test_and_clear_young(&mut of_other).err() == Some(EINVAL));
            expect!(locked.get().no_table_reason() == before);
        }
        stale.flush();
        of_other.flush();
        drop(guard);
        expect!(pte_at(&mm, TABLE)?.is_young());
        Ok(())
    }

    #[test]
    fn taken_entry_goes_back() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 1)?;
        expect!(mm.read(BASE + PAGE_SIZE)? == 0);
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(BASE)?;
        let (vma, mut scope) = guard.split();
        let pmd = vma.tables()?.pmd_entry(BASE).or(Err(ENOENT))?;
        for addr in [BASE, BASE + PAGE_SIZE] {
            let table = pmd.lock_pte_table(&mut scope).or(Err(ENOENT))?;
            let mut stale = vma.stale_tlb();
            let before = raw(table.get(addr)?)?;
            let mut gone = false;
            let taken = table.update(addr + 3, &mut stale, |_| {
                // By another way: it is not in the table now.
                gone = is_none_by_rcu(pmd.raw(), addr);
                // It is not taken twice.
                let mut second = vma.stale_tlb();
                let again = table.update(addr, &mut second, |_| PteUpdate::Old);
                gone = gone && again.err() == Some(EINVAL);
                PteUpdate::Same
            })?;
            expect!(gone && raw(taken)? == before);
            expect!(raw(table.get(addr)?)? == before);

            // Without the accessed bit, and with all else.
            let taken = table.update(addr, &mut stale, |_| PteUpdate::Old)?;
            expect!(raw(taken)? == before);
            let old = table.get(addr)?;
            expect!(old.is_present() && !old.is_young());
            expect!(old.is_dirty() == (addr == BASE) && old.is_writable() == (addr == BASE));
            drop(table);
            stale.flush();
        }
        // There is nothing to take.
        let table = pmd.lock_pte_table(&mut scope).or(Err(ENOENT))?;
        let mut stale = vma.stale_tlb();
        let updated = table.update(BASE + 2 * PAGE_SIZE, &mut stale, |_| PteUpdate::Old);
        expect!(updated.err() == Some(EINVAL));
        expect!(table.get(BASE + 2 * PAGE_SIZE)?.is_none());
        drop(table);
        stale.flush();
        drop(guard);

        let before = faults();
        expect!(mm.read(BASE)? == 1 && mm.read(BASE + PAGE_SIZE)? == 0);
        expect!(BY_FAULT || faults() == before);
        expect!(pte_at(&mm, BASE)?.is_young() && pte_at(&mm, BASE + PAGE_SIZE)?.is_young());
        Ok(())
    }
}
