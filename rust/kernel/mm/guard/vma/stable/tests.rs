// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the VMA lock with its fallback.

use crate::mm::guard::{
    order::LockContext,
    tests::fixture::*,
    vma::stable::HeldLock, //
};
use kernel::prelude::*;

/// The page that x86 shows in every process without a VMA in any of them.
const GATE: usize = 0xffff_ffff_ff60_0000;

#[kunit_tests(mmguard_stable)]
mod suite {
    use super::*;

    #[test]
    fn vma_lock_first() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let vma = ctx.stabilise(BASE)?;
        expect!(vma.start() == BASE);
        expect!((vma.held_lock() == HeldLock::Vma) == PER_VMA_LOCK);
        Ok(())
    }

    #[test]
    fn falls_back_to_the_mmap_lock() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let _ = guard.vma_start_write(BASE)?;
        let fell_back = Event::new()?;
        let thread = Thread::spawn({
            let (mm, fell_back) = (mm.share(), fell_back.clone());
            move || {
                let mut ctx = LockContext::new(&mm);
                let Ok(vma) = ctx.stabilise(BASE) else {
                    return;
                };
                if vma.start() == BASE && vma.held_lock() == HeldLock::Mmap {
                    fell_back.happen();
                }
            }
        })?;
        expect!(eventually(|| guard.is_contended()));
        expect!(!fell_back.happened());
        drop(guard);
        expect!(fell_back.wait());
        expect!(thread.join());
        Ok(())
    }

    #[test]
    fn fallback_is_killable() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let _ = guard.vma_start_write(BASE)?;
        let refused = Event::new()?;
        let thread = Thread::spawn({
            let (mm, refused) = (mm.share(), refused.clone());
            move || {
                allow_kill();
                if LockContext::new(&mm).stabilise(BASE).err() == Some(EINTR) {
                    refused.happen();
                }
            }
        })?;
        expect!(eventually(|| guard.is_contended()));
        thread.kill();
        expect!(refused.wait());
        expect!(thread.join());
        Ok(())
    }

    #[test]
    fn no_vma_is_an_error() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        expect!(ctx.stabilise(UNMAPPED).err() == Some(EFAULT));
        expect!(ctx.stabilise(usize::MAX).err() == Some(EFAULT));
        // Nothing was left held.
        drop(ctx.mmap_write_lock());
        Ok(())
    }

    #[test]
    fn gate_vma_is_nobodys() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        expect!(ctx.lock_vma_under_rcu(GATE).is_err());
        expect!(ctx.stabilise(GATE).err() == Some(EFAULT));
        expect!(ctx.mmap_read_lock().vma_lookup(GATE).is_none());
        expect!(ctx.mmap_write_lock().vma_start_write(GATE).err() == Some(EFAULT));
        expect!(ctx.walk_vmas(GATE).next_vma()?.is_none());
        Ok(())
    }
}
