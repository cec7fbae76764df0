// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the sizes: a guard is as large as the pointers that it must hold.

use crate::mm::guard::{
    mmap::{
        Downgraded,
        MmGuard,
        Read,
        Write, //
    },
    order::{
        level::{
            Below,
            LockLevel,
            MmapLock, //
        },
        mutex::OrderedMutexGuard,
        rw_semaphore::{
            OrderedReadGuard,
            OrderedWriteGuard, //
        },
        spinlock::OrderedSpinLockGuard,
        LockContext,
        NothingHeld, //
    },
    rmap::i_mmap::{
        IMmapGuard,
        RmapRead,
        RmapWrite, //
    },
    table::{
        page_table_lock::PageTableLockGuard,
        pmd_lock::PmdLockGuard,
        pte_lock::{
            PteLockGuard,
            PteLockPair, //
        },
        pte_rcu::PteTableRcu, //
    },
    vma::{
        lock::{
            NotObtained,
            VmaRead,
            VmaReadGuard,
            VmaWriteGuard, //
        },
        pair::VmaPair,
        rcu::{
            RcuSection,
            RcuVma, //
        },
        stable::StableGuard,
        walk::VmaWalk,
        Vma, //
    }, //
};
use core::mem::size_of;
use kernel::{
    prelude::*,
    sync::{
        lock::{
            mutex::MutexBackend,
            Guard, //
        },
        SpinLockGuard, //
    }, //
};

/// The level of a lock of a user's own.
struct TestLock;

impl LockLevel for TestLock {
    type Place = Below<MmapLock>;
}

/// The size of a pointer.
pub(in crate::mm::guard) const POINTER: usize = size_of::<*const ()>();

/// Prints the size of a guard, and whether it is what the guard must hold.
fn check<T>(name: &str, needed: usize) -> bool {
    let size = size_of::<T>();
    kernel::kunit::info(fmt!("    # {name}: {size} bytes, {needed} needed\n"));
    size == needed
}

/// As [`check`], for a guard that has a pointer which is never null: no guard at all needs no more.
pub(in crate::mm::guard) fn check_with_niche<T>(name: &str, needed: usize) -> bool {
    let same = size_of::<Option<T>>() == size_of::<T>();
    if !same {
        kernel::kunit::err(fmt!("    # Option<{name}> is larger than {name}\n"));
    }
    check::<T>(name, needed) && same
}

#[kunit_tests(mmguard_sizes)]
mod suite {
    use super::*;

    #[test]
    fn contexts() -> Result {
        // The mm.
        expect!(check_with_niche::<LockContext<'_>>("LockContext", POINTER));
        expect!(check_with_niche::<NotObtained<'_, '_>>(
            "NotObtained",
            POINTER
        ));
        expect!(check::<NothingHeld>("NothingHeld", 0));
        // The context, where the walk is, and how often it fell back.
        let walk = POINTER + 2 * size_of::<usize>();
        expect!(check_with_niche::<VmaWalk<'_, '_>>("VmaWalk", walk));
        Ok(())
    }

    #[test]
    fn guards_of_one_lock() -> Result {
        // The mm.
        expect!(check_with_niche::<MmGuard<'_, Read>>(
            "MmGuard<Read>",
            POINTER
        ));
        expect!(check_with_niche::<MmGuard<'_, Downgraded>>(
            "MmGuard<Downgraded>",
            POINTER
        ));
        expect!(check_with_niche::<MmGuard<'_, Write>>(
            "MmGuard<Write>",
            POINTER
        ));
        // The VMA.
        expect!(check_with_niche::<VmaReadGuard<'_>>(
            "VmaReadGuard",
            POINTER
        ));
        expect!(check_with_niche::<VmaWriteGuard<'_>>(
            "VmaWriteGuard",
            POINTER
        ));
        expect!(check_with_niche::<Vma<'_, VmaRead>>("Vma", POINTER));
        // The mapping.
        expect!(check_with_niche::<IMmapGuard<'_, RmapRead>>(
            "IMmapGuard<RmapRead>",
            POINTER
        ));
        expect!(check_with_niche::<IMmapGuard<'_, RmapWrite>>(
            "IMmapGuard<RmapWrite>",
            POINTER
        ));
        // What the kernel's own guard holds.
        expect!(check_with_niche::<OrderedMutexGuard<'_, TestLock, u64>>(
            "OrderedMutexGuard",
            size_of::<Guard<'_, u64, MutexBackend>>()
        ));
        expect!(check_with_niche::<OrderedSpinLockGuard<'_, TestLock, u64>>(
            "OrderedSpinLockGuard",
            size_of::<SpinLockGuard<'_, u64>>()
        ));
        // The semaphore.
        expect!(check_with_niche::<OrderedReadGuard<'_, TestLock, u64>>(
            "OrderedReadGuard",
            POINTER
        ));
        expect!(check_with_niche::<OrderedWriteGuard<'_, TestLock, u64>>(
            "OrderedWriteGuard",
            POINTER
        ));
        // The mm; a VMA.
        expect!(check_with_niche::<RcuSection<'_>>("RcuSection", POINTER));
        expect!(check_with_niche::<RcuVma<'_>>("RcuVma", POINTER));
        Ok(())
    }

    #[test]
    fn guards_with_a_fallback() -> Result {
        // The VMA, and the mm, if its lock is the one that is held.
        expect!(check_with_niche::<StableGuard<'_>>(
            "StableGuard",
            2 * POINTER
        ));
        // Two VMAs, and the mm.
        expect!(check_with_niche::<VmaPair<'_>>("VmaPair", 3 * POINTER));
        Ok(())
    }

    #[test]
    fn guards_of_page_tables() -> Result {
        // The VMA, the address, and the pointer to an entry.
        const PLACE: usize = 2 * POINTER;
        const ENTRY: usize = PLACE + POINTER;

        expect!(check_with_niche::<PageTableLockGuard<'_, VmaRead>>(
            "PageTableLockGuard",
            ENTRY
        ));
        expect!(check_with_niche::<PteTableRcu<'_, VmaRead>>(
            "PteTableRcu",
            ENTRY
        ));
        // And the lock.
        expect!(check_with_niche::<PmdLockGuard<'_, VmaRead>>(
            "PmdLockGuard",
            ENTRY + POINTER
        ));
        expect!(check_with_niche::<PteLockGuard<'_, VmaRead>>(
            "PteLockGuard",
            ENTRY + POINTER
        ));
        // Two of these, and the locks of both.
        expect!(check_with_niche::<PteLockPair<'_, VmaRead, VmaRead>>(
            "PteLockPair",
            2 * ENTRY + 2 * POINTER
        ));
        Ok(())
    }
}
