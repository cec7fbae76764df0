// SPDX-License-Identifier: GPL-2.0-only

//! Tests of what the kernel alone can set up: VMAs of hugetlb, and its own mm.

use crate::{
    bindings,
    mm::guard::{
        builtin::{
            anon_vma::AnonVmaGuard,
            detached::DetachedVma,
            folio::LockedFolio,
            rmap::VmaWriteAllGuard,
            young::StaleTlb, //
        },
        order::{
            LockContext,
            LockScope, //
        },
        rmap::i_mmap::{
            RmapRead,
            RmapWrite, //
        },
        table::NoTableReason,
        tests::{
            fixture::*,
            sizes::{
                check_with_niche,
                POINTER, //
            }, //
        },
        vma::lock::VmaRead, //
    }, //
};

use core::mem::size_of;
use kernel::{
    mm::MmWithUser,
    prelude::*, //
};

#[kunit_tests(mmguard_builtin)]
mod suite {
    use super::*;

    #[test]
    fn hugetlb_gives_no_tables() -> Result {
        let mm = TestMm::empty()?;
        mm.map_hugetlb(TABLE)?;
        let mut ctx = LockContext::new(&mm);
        let vma = ctx.stabilise(TABLE)?;
        expect!(vma.tables().err() == Some(EINVAL));
        Ok(())
    }

    #[test]
    fn mm_of_the_kernel_gives_no_tables() -> Result {
        // SAFETY: The mm of the kernel is valid for ever, and always has users.
        let mm = unsafe { MmWithUser::from_raw(&raw const bindings::init_mm) };
        let mut ctx = LockContext::new(mm);
        let here = mm_of_the_kernel_gives_no_tables as *const () as usize;
        for addr in [0, BASE, here] {
            expect!(ctx.stabilise(addr).err() == Some(EFAULT));
        }
        expect!(ctx.mmap_read_lock().vmas(0).next().is_none());
        expect!(ctx.walk_vmas(0).next_vma()?.is_none());
        Ok(())
    }

    #[test]
    fn guard_region_sets_its_flag_under_a_read_lock() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 1)?;
        let mut ctx = LockContext::new(&mm);
        let vma = ctx.stabilise(BASE)?;
        let before = vma.flags();
        expect!(before & MAYBE_GUARD == 0);
        expect!(elsewhere_with(&mm, |mm| {
            in_mm(mm, || madvise(mm, BASE, 1, MADV_GUARD_INSTALL)).is_ok()
        })?);
        // That one, and no other, while the lock is held.
        expect!(vma.flags() == before | MAYBE_GUARD);
        Ok(())
    }

    #[cfg(CONFIG_PT_RECLAIM)]
    #[test]
    fn table_is_not_taken_away() -> Result {
        let mm = TestMm::empty()?;
        mm.map(TABLE, ENTRIES, PROT_READ | PROT_WRITE)?;
        mm.touch(TABLE, 3)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(TABLE)?;
        let (vma, mut scope) = guard.split();
        let pmd = vma.tables()?.pmd_entry(TABLE).or(Err(ENOENT))?;
        let lock = SpinLock::of_pmd_table(&mm, &pmd);
        let other = Contender::new(lock, {
            let mm = mm.share();
            move || {
                // An empty table is freed, under both locks.
                let _ = in_mm(&mm, || madvise(&mm, TABLE, ENTRIES, MADV_DONTNEED));
            }
        })?;
        let mut locked = pmd.lock_pmd_table(&mut scope);
        expect!(locked.lock_pte_table().is_ok());
        expect!(other.is_kept_out());
        expect!(locked.get().no_table_reason().is_none());
        expect!(locked.lock_pte_table().is_ok());
        drop(locked);
        expect!(other.gets_in());
        let now = pmd.lock_pmd_table(&mut scope).get();
        expect!(now.no_table_reason() == Some(NoTableReason::Empty));
        Ok(())
    }

    #[test]
    fn guards_of_the_kernel_itself() -> Result {
        // The `anon_vma`.
        expect!(check_with_niche::<AnonVmaGuard<'_, RmapRead>>(
            "AnonVmaGuard<RmapRead>",
            POINTER
        ));
        expect!(check_with_niche::<AnonVmaGuard<'_, RmapWrite>>(
            "AnonVmaGuard<RmapWrite>",
            POINTER
        ));
        // The VMA, which knows its reverse mappings.
        expect!(check_with_niche::<VmaWriteAllGuard<'_>>(
            "VmaWriteAllGuard",
            POINTER
        ));
        // The folio.
        expect!(check_with_niche::<LockedFolio<'_>>("LockedFolio", POINTER));
        // The VMA, and the mm that it was made for.
        expect!(check_with_niche::<DetachedVma<'_>>(
            "DetachedVma",
            2 * POINTER
        ));
        // The VMA, and the range that is stale.
        expect!(check_with_niche::<StaleTlb<'_, VmaRead>>(
            "StaleTlb",
            POINTER + 2 * size_of::<usize>()
        ));
        Ok(())
    }
}
