// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the lock of a PMD table.

use crate::mm::guard::{
    order::{
        rights::SeesPfns,
        LockContext,
        LockScope, //
    },
    table::NoTableReason,
    tests::fixture::*, //
};
use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};

#[kunit_tests(mmguard_pmd_lock)]
mod suite {
    use super::*;

    #[test]
    fn pte_lock_is_nested_if_it_is_another() -> Result {
        let mm = TestMm::empty()?;
        mm.map(TABLE, 3, PROT_READ | PROT_WRITE)?;
        mm.touch(TABLE, 1)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(TABLE)?;
        let (vma, mut scope) = guard.split();
        let pmd = vma.tables()?.pmd_entry(TABLE).or(Err(ENOENT))?;
        let upper = SpinLock::of_pmd_table(&mm, &pmd);
        let lower = SpinLock::of_pte_table(&mm, &pmd)?;
        expect!((upper != lower) == SPLIT_LOCKS);

        let held = LocksHeld::count();
        let mut outer = pmd.lock_pmd_table(&mut scope);
        expect!(upper.is_mine() && held.and(1));
        expect!(lower.is_mine_if(!SPLIT_LOCKS));
        let entry = outer.get();
        expect!(entry.no_table_reason().is_none() && !entry.is_leaf());
        for _ in 0..2 {
            let table = outer.lock_pte_table().or(Err(ENOENT))?;
            expect!(upper.is_mine() && lower.is_mine());
            // An RCU read section, and the lock if it is another one.
            expect!(held.and(2 + i32::from(SPLIT_LOCKS)));
            expect!(table.start() == TABLE && table.end() == TABLE + 3 * PAGE_SIZE);
            expect!(table.get(TABLE)?.is_present() && table.get(TABLE + PAGE_SIZE)?.is_none());
            drop(table);
            // The lock of the PMD table is still held.
            expect!(upper.is_mine() && held.and(1));
            expect!(lower.is_mine_if(!SPLIT_LOCKS));
        }
        drop(outer);
        expect!(upper.is_not_mine() && lower.is_not_mine() && held.and(0));
        // The lock is free for others, too.
        expect!(Contender::new(lower, take_table(&mm, TABLE))?.gets_in());
        Ok(())
    }

    #[test]
    fn nested_lock_excludes() -> Result {
        let mm = TestMm::empty()?;
        mm.map(TABLE, 3, PROT_READ | PROT_WRITE)?;
        mm.touch(TABLE, 1)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(TABLE)?;
        let (vma, mut scope) = guard.split();
        let pmd = vma.tables()?.pmd_entry(TABLE).or(Err(ENOENT))?;
        let lower = SpinLock::of_pte_table(&mm, &pmd)?;
        let other = Contender::new(lower, take_table(&mm, TABLE))?;
        let mut outer = pmd.lock_pmd_table(&mut scope);
        let table = outer.lock_pte_table().or(Err(ENOENT))?;
        expect!(other.is_kept_out());
        drop(table);
        drop(outer);
        expect!(other.gets_in());
        Ok(())
    }

    #[test]
    fn empty_entry_stays_empty() -> Result {
        let mm = TestMm::empty()?;
        mm.map(TABLE, 2 * ENTRIES, PROT_READ)?;
        let hole = TABLE + TABLE_SIZE;
        expect!(mm.read(TABLE)? == 0);
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(TABLE)?;
        let (vma, mut scope) = guard.split();
        let pmd = vma.tables()?.pmd_entry(hole).or(Err(ENOENT))?;
        let lock = SpinLock::of_pmd_table(&mm, &pmd);
        let other = Contender::new(lock, {
            let mm = mm.share();
            move || {
                // The fault takes the lock for the PTE table.
                let _ = in_mm(&mm, || read_here(hole));
            }
        })?;
        let held = LocksHeld::count();
        let mut locked = pmd.lock_pmd_table(&mut scope);
        expect!(locked.get().no_table_reason() == Some(NoTableReason::Empty));
        expect!(other.is_kept_out());
        expect!(locked.get().no_table_reason() == Some(NoTableReason::Empty));
        let none = locked.lock_pte_table().err();
        expect!(none.is_some_and(|none| none.reason() == NoTableReason::Empty));
        expect!(held.and(1));
        drop(locked);
        expect!(other.gets_in());
        expect!(pmd.lock_pmd_table(&mut scope).lock_pte_table().is_ok());
        expect!(held.and(0));
        Ok(())
    }

    #[test]
    fn huge_page_stays_mapped() -> Result {
        let mm = TestMm::empty()?;
        mm.map_huge(TABLE, 1)?;
        let before = faults();
        mm.touch(TABLE, ENTRIES)?;
        expect!(faults() == before + 1);
        let pfns = SeesPfns::current_task()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(TABLE)?;
        let (vma, mut scope) = guard.split();
        let pmd = vma
            .tables()?
            .pmd_entry(TABLE + 5 * PAGE_SIZE)
            .or(Err(ENOENT))?;
        let lock = SpinLock::of_pmd_table(&mm, &pmd);
        let other = Contender::new(lock, {
            let mm = mm.share();
            move || {
                let _ = zap(&mm, TABLE, TABLE_SIZE);
            }
        })?;
        let mut locked = pmd.lock_pmd_table(&mut scope);
        let huge = locked.get();
        expect!(huge.is_leaf() && huge.is_young() && huge.is_dirty() && huge.is_writable());
        expect!(!huge.is_special() && !huge.is_migration());
        expect!(huge.pfn(&pfns).is_some_and(|pfn| pfn % ENTRIES == 0));
        expect!(other.is_kept_out());
        expect!(locked.get().pfn(&pfns) == huge.pfn(&pfns));
        let none = locked.lock_pte_table().err();
        expect!(none.is_some_and(|none| none.reason() == NoTableReason::Leaf));
        drop(locked);
        expect!(other.gets_in());
        let now = pmd.lock_pmd_table(&mut scope).get();
        expect!(!now.is_leaf() && now.pfn(&pfns).is_none() && !now.is_young());
        Ok(())
    }
}
