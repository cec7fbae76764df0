// SPDX-License-Identifier: GPL-2.0-only

//! Tests of new page tables.

use crate::{
    bindings,
    mm::guard::{
        builtin::table_alloc::alloc_pte_table,
        order::{
            rights::{
                SeesPfns,
                Stabilises, //
            },
            LockContext,
            LockScope, //
        },
        table::{
            pte::NewPte,
            NoTableReason, //
        },
        tests::fixture::*,
        vma::Vma, //
    }, //
};
use kernel::{
    mm::virt::flags,
    page::PAGE_SIZE,
    prelude::*, //
};

/// Whether there is a PTE table for an address.
fn is_table<L: Stabilises>(vma: &Vma<'_, L>, addr: usize) -> bool {
    let pmd = vma
        .tables()
        .ok()
        .and_then(|tables| tables.pmd_entry(addr).ok());
    pmd.is_some_and(|pmd| pmd.read_lockless().hint().no_table_reason().is_none())
}

#[kunit_tests(mmguard_table_alloc)]
mod suite {
    use super::*;

    #[test]
    fn tables_are_made_once() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(BASE)?;
        let (vma, mut scope) = guard.split();
        let before = table_bytes(&mm);
        expect!(vma.tables()?.pmd_entry(BASE).is_err());

        // Those of three levels: nothing else is in this mm.
        let pmd = alloc_pte_table(&mut scope, vma, BASE + PAGE_SIZE)?;
        let made = table_bytes(&mm) - before;
        expect!(made >= 3 * PAGE_SIZE);
        expect!(pmd.addr() == BASE + PAGE_SIZE);
        let table = pmd.lock_pte_table(&mut scope).or(Err(ENOENT))?;
        expect!(table.start() == BASE && table.end() == BASE + 3 * PAGE_SIZE);
        expect!(table.iter().all(|(_, pte)| pte.is_none()));
        drop(table);

        let again = alloc_pte_table(&mut scope, vma, BASE)?;
        expect!(again.raw() == pmd.raw());
        expect!(table_bytes(&mm) - before == made);
        Ok(())
    }

    #[test]
    fn tables_are_made_under_their_locks() -> Result {
        let mm = TestMm::empty()?;
        mm.map(TABLE, 2 * ENTRIES, PROT_READ | PROT_WRITE)?;
        let next = TABLE + TABLE_SIZE;
        // All tables for the one are made; of the other, the PTE table alone is missing.
        for (addr, lock) in [(TABLE, None), (next, Some(next))] {
            let mut ctx = LockContext::new(&mm);
            let mut guard = ctx.stabilise(addr)?;
            let (vma, _scope) = guard.split();
            let lock = match lock {
                None => SpinLock::of_mm(&mm),
                Some(addr) => {
                    let pmd = vma.tables()?.pmd_entry(addr).or(Err(ENOENT))?;
                    SpinLock::of_pmd_table(&mm, &pmd)
                }
            };
            let before = table_bytes(&mm);
            let other = Contender::new(lock, {
                let mm = mm.share();
                move || {
                    let mut ctx = LockContext::new(&mm);
                    if let Ok(mut guard) = ctx.stabilise(addr) {
                        let (vma, mut scope) = guard.split();
                        let _ = alloc_pte_table(&mut scope, vma, addr);
                    };
                }
            })?;
            let kept_out = lock.with(|| other.is_kept_out() && !is_table(vma, addr));
            expect!(kept_out);
            expect!(other.gets_in());
            expect!(is_table(vma, addr) && table_bytes(&mm) > before);
        }
        Ok(())
    }

    #[test]
    fn new_table_takes_an_entry() -> Result {
        let mm = TestMm::empty()?;
        mm.map(TABLE, 2 * ENTRIES, PROT_READ)?;
        let addr = TABLE + TABLE_SIZE + PAGE_SIZE;
        expect!(mm.read(TABLE)? == 0);
        let zero = pte_at(&mm, TABLE)?.pfn(&SeesPfns::current_task()?);

        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(addr)?;
        let (vma, mut scope) = guard.split();
        let before = table_bytes(&mm);
        let pmd = alloc_pte_table(&mut scope, vma, addr)?;
        expect!(table_bytes(&mm) == before + PAGE_SIZE);
        let table = pmd.lock_pte_table(&mut scope).or(Err(ENOENT))?;
        // SAFETY: It is the zero page, which is not counted, as the kernel would map it.
        unsafe { table.install(addr, NewPte::special(zero.ok_or(ENOENT)?, vma.page_prot())) }?;
        drop(table);
        drop(guard);

        let before = faults();
        expect!(mm.read(addr)? == 0);
        expect!(faults() == before);
        Ok(())
    }

    #[test]
    fn other_addresses_and_vmas_are_refused() -> Result {
        let mm = TestMm::new()?;
        let hugetlb = TABLE + TABLE_SIZE;
        mm.map_hugetlb(hugetlb)?;
        let before = table_bytes(&mm);
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(BASE)?;
        let (vma, mut scope) = guard.split();
        for addr in [0, UNMAPPED, BASE + 3 * PAGE_SIZE, hugetlb, usize::MAX] {
            expect!(alloc_pte_table(&mut scope, vma, addr).err() == Some(EFAULT));
        }
        drop(guard);
        let mut guard = ctx.stabilise(hugetlb)?;
        let (vma, mut scope) = guard.split();
        expect!(alloc_pte_table(&mut scope, vma, hugetlb).err() == Some(EINVAL));
        expect!(table_bytes(&mm) == before);
        Ok(())
    }

    #[test]
    fn vma_of_page_frames_is_refused() -> Result {
        let mm = TestMm::new()?;
        let before = table_bytes(&mm);
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut guard = guard.vma_start_write(BASE)?;
        let (vma, mut scope) = guard.split();
        // SAFETY: The VMA is write-locked, and the flag goes before it matters.
        unsafe { bindings::vm_flags_set(vma.as_ptr(), flags::PFNMAP) };
        let refused = alloc_pte_table(&mut scope, vma, BASE).err();
        // SAFETY: As above.
        unsafe { bindings::vm_flags_clear(vma.as_ptr(), flags::PFNMAP) };
        expect!(refused == Some(EINVAL));
        expect!(table_bytes(&mm) == before);
        Ok(())
    }

    #[test]
    fn huge_page_stays() -> Result {
        let mm = TestMm::empty()?;
        mm.map_huge(TABLE, 1)?;
        mm.touch(TABLE, 1)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(TABLE)?;
        let (vma, mut scope) = guard.split();
        let before = table_bytes(&mm);
        let pmd = alloc_pte_table(&mut scope, vma, TABLE + PAGE_SIZE)?;
        expect!(table_bytes(&mm) == before);
        let none = pmd.lock_pte_table(&mut scope).err();
        expect!(none.is_some_and(|none| none.reason() == NoTableReason::Leaf));
        Ok(())
    }
}
