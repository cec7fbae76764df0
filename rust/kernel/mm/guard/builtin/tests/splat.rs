// SPDX-License-Identifier: GPL-2.0-only

//! Tests that make the kernel complain: handles that are made by hand, without their locks.
//!
//! Each is harmless beyond the report. What counts is what the kernel's log has of it.

use crate::mm::guard::{
    builtin::{
        anon_vma::AnonVma,
        detached::DetachedVma,
        rmap::{
            IMmap,
            VmaWriteAll, //
        }, //
    },
    mmap::{
        MmGuard,
        Read, //
    },
    order::LockContext,
    tests::fixture::*,
    vma::{
        lock::VmaRead,
        Vma, //
    }, //
};
use core::{
    mem::forget,
    ptr::NonNull, //
};
use kernel::prelude::*;

#[kunit_tests(splat_mmguard)]
mod suite {
    use super::*;

    #[test]
    fn vma_write_all() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 1)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let vma = NonNull::new(guard.vma_start_write(BASE)?.as_ptr()).ok_or(EINVAL)?;
        // SAFETY: None: the `anon_vma` is not locked. The handle is not used to write.
        let vma = unsafe { Vma::<'_, VmaWriteAll>::from_raw(vma) };
        expect!(vma.start() == BASE);
        Ok(())
    }

    #[test]
    fn vma_write_all_of_a_file() -> Result {
        let mm = TestMm::empty()?;
        let file = test_file(1)?;
        mm.map_file(BASE, 1, Sharing::Shared, &file, 0)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let vma = NonNull::new(guard.vma_start_write(BASE)?.as_ptr()).ok_or(EINVAL)?;
        // SAFETY: None: the `i_mmap_rwsem` is not held. The handle is not used to write.
        let vma = unsafe { Vma::<'_, VmaWriteAll>::from_raw(vma) };
        expect!(vma.start() == BASE);
        Ok(())
    }

    #[test]
    fn mmap_of_another() -> Result {
        let mm = TestMm::new()?;
        let (locked, end) = (Event::new()?, Event::new()?);
        let other = Thread::spawn(hold_mmap_write_lock(&mm, &locked, &end))?;
        expect!(locked.wait());
        // SAFETY: None: another task holds the lock. The guard is not used, nor dropped.
        forget(unsafe { MmGuard::<'_, Read>::from_raw(&mm) });
        end.happen();
        expect!(other.join());
        Ok(())
    }

    #[test]
    fn vma_of_another() -> Result {
        let mm = TestMm::new()?;
        let (locked, end) = (Event::new()?, Event::new()?);
        let vma = NonNull::new(LockContext::new(&mm).stabilise(BASE)?.as_ptr()).ok_or(EINVAL)?;
        let other = Thread::spawn(hold_vma_read_lock(&mm, BASE, &locked, &end))?;
        expect!(locked.wait());
        // SAFETY: None: another task holds the lock, which keeps the VMA as it is.
        let vma = unsafe { Vma::<'_, VmaRead>::from_raw(vma) };
        expect!(vma.start() == BASE);
        end.happen();
        expect!(other.join());
        Ok(())
    }

    #[test]
    fn anon_vma() -> Result {
        let mm = TestMm::new()?;
        mm.touch(BASE, 1)?;
        let mut ctx = LockContext::new(&mm);
        let stable = ctx.stabilise(BASE)?;
        let vma = NonNull::new(stable.as_ptr()).ok_or(EINVAL)?;
        // SAFETY: None: the `anon_vma` is not locked. Another lock keeps the VMA as it is.
        let vma = unsafe { Vma::<'_, AnonVma>::from_raw(vma) };
        expect!(vma.start() == BASE);
        Ok(())
    }

    #[test]
    fn i_mmap() -> Result {
        let mm = TestMm::empty()?;
        let file = test_file(1)?;
        mm.map_file(BASE, 1, Sharing::Shared, &file, 0)?;
        let mut ctx = LockContext::new(&mm);
        let stable = ctx.stabilise(BASE)?;
        let vma = NonNull::new(stable.as_ptr()).ok_or(EINVAL)?;
        // SAFETY: None: the `i_mmap_rwsem` is not held. Another lock keeps the VMA as it is.
        let vma = unsafe { Vma::<'_, IMmap>::from_raw(vma) };
        expect!(vma.start() == BASE);
        Ok(())
    }

    #[test]
    fn detached() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let stable = ctx.stabilise(BASE)?;
        let vma = NonNull::new(stable.as_ptr()).ok_or(EINVAL)?;
        // SAFETY: None: the VMA is attached, and not owned. The handle is not used, nor dropped,
        // which would free the VMA.
        core::mem::forget(unsafe { DetachedVma::from_raw(vma, &mm) });
        expect!(stable.start() == BASE);
        Ok(())
    }
}
