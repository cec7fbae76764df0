// SPDX-License-Identifier: GPL-2.0-only

//! Tests of a PTE table that is read under RCU alone.

use crate::mm::guard::{
    order::{
        LockContext,
        LockScope, //
    },
    tests::fixture::*, //
};
use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};

/// The next table after the one at [`TABLE`]. A VMA has pages in both.
const NEXT: usize = TABLE + TABLE_SIZE;
const START: usize = NEXT - 2 * PAGE_SIZE;

#[kunit_tests(mmguard_pte_rcu)]
mod suite {
    use super::*;

    #[test]
    fn entries_are_read() -> Result {
        let mm = TestMm::empty()?;
        mm.map(START, 4, PROT_READ | PROT_WRITE)?;
        mm.map(START - PAGE_SIZE, 1, PROT_READ)?;
        mm.touch(START, 1)?;
        mm.touch(NEXT + PAGE_SIZE, 1)?;
        expect!(mm.read(NEXT)? == 0 && mm.read(START - PAGE_SIZE)? == 0);

        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(START)?;
        let (vma, mut scope) = guard.split();
        let pmd = vma.tables()?.pmd_entry(START + PAGE_SIZE).or(Err(ENOENT))?;
        let lock = SpinLock::of_pte_table(&mm, &pmd)?;
        let held = LocksHeld::count();
        let table = pmd.map_pte_table_rcu(&mut scope).or(Err(ENOENT))?;
        // An RCU read section, and no lock.
        expect!(held.and(1) && lock.is_not_mine());
        expect!(table.start() == START && table.end() == NEXT);
        let written = table.get(START)?.hint();
        expect!(written.is_present() && written.is_dirty() && written.is_writable());
        expect!(table.get(START + PAGE_SIZE - 1)?.hint().is_present());
        expect!(table.get(START + PAGE_SIZE)?.hint().is_none());
        for outside in [
            START - PAGE_SIZE,
            START - 1,
            NEXT,
            NEXT + PAGE_SIZE,
            0,
            usize::MAX,
        ] {
            expect!(table.get(outside).err() == Some(EFAULT));
        }
        drop(table);
        expect!(held.and(0));

        let next = vma.tables()?.pmd_entry(NEXT).or(Err(ENOENT))?;
        let table = next.map_pte_table_rcu(&mut scope).or(Err(ENOENT))?;
        expect!(table.start() == NEXT && table.end() == NEXT + 2 * PAGE_SIZE);
        expect!(table.get(NEXT)?.hint().maps_zero_page());
        expect!(table.get(NEXT + PAGE_SIZE)?.hint().is_dirty());
        expect!(table.get(START).err() == Some(EFAULT));
        drop(table);
        expect!(held.and(0));
        Ok(())
    }

    #[test]
    fn entries_change_meanwhile() -> Result {
        let mm = TestMm::empty()?;
        mm.map(START, 2, PROT_READ | PROT_WRITE)?;
        mm.touch(START, 2)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(START)?;
        let (vma, mut scope) = guard.split();
        let pmd = vma.tables()?.pmd_entry(START).or(Err(ENOENT))?;
        let other = Contender::new(SpinLock::of_pte_table(&mm, &pmd)?, {
            let mm = mm.share();
            move || {
                let _ = zap(&mm, START, PAGE_SIZE);
            }
        })?;
        let table = pmd.map_pte_table_rcu(&mut scope).or(Err(ENOENT))?;
        expect!(table.get(START)?.hint().is_present());
        // Nothing keeps the other task from the lock.
        expect!(other.gets_past());
        expect!(table.get(START)?.hint().is_none() == SMP);
        expect!(table.get(START + PAGE_SIZE)?.hint().is_present());
        drop(table);
        expect!(other.gets_in());
        Ok(())
    }
}
