// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the VMA lock.

use crate::{
    bindings,
    mm::guard::{
        order::LockContext,
        tests::fixture::*,
        vma::lock::HandOverError, //
    }, //
};
use kernel::{
    mm::MmWithUser,
    page::PAGE_SIZE,
    prelude::*, //
};

/// Whether a task can read-lock the VMA at `addr` at once.
fn can_read_lock(mm: &MmWithUser, addr: usize) -> bool {
    LockContext::new(mm).lock_vma_under_rcu(addr).is_ok()
}

#[kunit_tests(mmguard_vma_lock)]
mod suite {
    use super::*;

    #[test]
    fn read_lock_under_rcu() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        match ctx.lock_vma_under_rcu(BASE + PAGE_SIZE) {
            Ok(vma) => {
                expect!(PER_VMA_LOCK);
                expect!(vma.start() == BASE && vma.end() == BASE + 3 * PAGE_SIZE);
            }
            Err(not_obtained) => {
                expect!(!PER_VMA_LOCK);
                // The context comes back, to take the mmap lock with.
                let guard = not_obtained.into_context().mmap_read_lock();
                expect!(guard.vma_lookup(BASE + PAGE_SIZE).is_some());
            }
        }
        expect!(ctx.lock_vma_under_rcu(UNMAPPED).is_err());
        Ok(())
    }

    #[test]
    fn readers_share() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let vma = ctx.lock_vma_under_rcu(BASE);
        expect!(vma.is_ok() == PER_VMA_LOCK);
        expect!(elsewhere_with(&mm, |mm| can_read_lock(mm, BASE))? == PER_VMA_LOCK);
        Ok(())
    }

    #[test]
    fn mmap_write_lock_alone_keeps_no_reader_out() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let guard = ctx.mmap_write_lock();
        expect!(elsewhere_with(&mm, |mm| can_read_lock(mm, BASE))? == PER_VMA_LOCK);
        drop(guard);
        Ok(())
    }

    #[test]
    fn write_lock_excludes_read_lock_of_this_vma() -> Result {
        let mm = TestMm::new()?;
        let other = BASE + 4 * PAGE_SIZE;
        mm.map(other, 1, PROT_READ)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let vma = guard.vma_start_write(BASE)?;
        expect!(vma.start() == BASE);
        // Not obtained, though there is a VMA.
        expect!(!elsewhere_with(&mm, |mm| can_read_lock(mm, BASE))?);
        expect!(elsewhere_with(&mm, move |mm| can_read_lock(mm, other))? == PER_VMA_LOCK);
        Ok(())
    }

    #[test]
    fn write_lock_ends_with_mmap_write_lock() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let _ = guard.vma_start_write(BASE)?;
        // The guard of the VMA write lock is gone, the lock is not.
        expect!(!elsewhere_with(&mm, |mm| can_read_lock(mm, BASE))?);
        drop(guard);
        expect!(elsewhere_with(&mm, |mm| can_read_lock(mm, BASE))? == PER_VMA_LOCK);
        Ok(())
    }

    #[test]
    fn write_lock_ends_with_downgrade() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let _ = guard.vma_start_write(BASE)?;
        expect!(!elsewhere_with(&mm, |mm| can_read_lock(mm, BASE))?);
        let guard = guard.downgrade();
        expect!(elsewhere_with(&mm, |mm| can_read_lock(mm, BASE))? == PER_VMA_LOCK);
        drop(guard);
        Ok(())
    }

    #[test]
    fn write_lock_waits_for_reader() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let taken = Event::new()?;
        let write = write_lock(&mm, BASE, &taken);
        let Ok(vma) = ctx.lock_vma_under_rcu(BASE) else {
            expect!(!PER_VMA_LOCK);
            // Nothing to wait for: the mmap write lock is enough.
            expect!(Thread::spawn(write)?.join());
            expect!(taken.happened());
            return Ok(());
        };
        let thread = Thread::spawn(write)?;
        #[cfg(CONFIG_PER_VMA_LOCK)]
        expect!(eventually(|| writer_waits(vma.as_ptr())));
        expect!(!taken.happened());
        drop(vma);
        expect!(taken.wait());
        expect!(thread.join());
        Ok(())
    }

    #[test]
    fn write_lock_killable_is_interrupted() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let (refused, end) = (Event::new()?, Event::new()?);
        let write = {
            let (mm, refused, end) = (mm.share(), refused.clone(), end.clone());
            move || {
                allow_kill();
                let mut ctx = LockContext::new(&mm);
                let mut guard = ctx.mmap_write_lock();
                if guard.vma_start_write_killable(BASE).err() == Some(EINTR) {
                    refused.happen();
                    // Keeps the mmap write lock until the test has looked.
                    end.wait();
                }
            }
        };
        let Ok(vma) = ctx.lock_vma_under_rcu(BASE) else {
            expect!(!PER_VMA_LOCK);
            // Without VMA locks there is nothing to wait for, and nothing to interrupt.
            expect!(Thread::spawn(write)?.join());
            expect!(!refused.happened());
            return Ok(());
        };
        let thread = Thread::spawn(write)?;
        #[cfg(CONFIG_PER_VMA_LOCK)]
        expect!(eventually(|| writer_waits(vma.as_ptr())));
        thread.kill();
        expect!(refused.wait());
        // The VMA is not write-locked, though its mm's mmap lock is.
        expect!(elsewhere_with(&mm, |mm| can_read_lock(mm, BASE))?);
        end.happen();
        expect!(thread.join());
        drop(vma);
        Ok(())
    }

    #[test]
    fn write_lock_needs_a_vma() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        expect!(guard.vma_start_write(UNMAPPED).err() == Some(EFAULT));
        expect!(guard.vma_start_write_killable(UNMAPPED).err() == Some(EFAULT));
        expect!(guard.vma_start_write(BASE).is_ok());
        expect!(guard.vma_start_write_killable(BASE).is_ok());
        Ok(())
    }

    #[test]
    fn hand_over_drops_the_mmap_lock() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        match ctx.mmap_read_lock().into_vma_read(BASE) {
            Ok(vma) => {
                expect!(PER_VMA_LOCK);
                expect!(vma.start() == BASE);
                // The mmap write lock is free, and the VMA cannot be written.
                let taken = Event::new()?;
                let thread = Thread::spawn(write_lock(&mm, BASE, &taken))?;
                #[cfg(CONFIG_PER_VMA_LOCK)]
                expect!(eventually(|| writer_waits(vma.as_ptr())));
                expect!(!taken.happened());
                drop(vma);
                expect!(thread.join());
                expect!(taken.happened());
            }
            Err(err) => {
                expect!(!PER_VMA_LOCK);
                expect!(err.into_guard().vma_lookup(BASE).is_some());
            }
        }
        Ok(())
    }

    #[test]
    fn hand_over_from_downgraded() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let guard = ctx.mmap_write_lock().downgrade();
        expect!(guard.into_vma_read(BASE).is_ok() == PER_VMA_LOCK);
        drop(ctx.mmap_write_lock());
        Ok(())
    }

    #[test]
    fn hand_over_without_vma_gives_the_guard_back() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        match ctx.mmap_read_lock().into_vma_read(UNMAPPED) {
            Err(HandOverError::NoVma(guard)) => expect!(guard.vma_lookup(BASE).is_some()),
            _ => return Err(EINVAL),
        }
        Ok(())
    }

    #[test]
    fn hand_over_fails_at_the_reference_limit() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let guard = ctx.mmap_read_lock();
        #[cfg(CONFIG_PER_VMA_LOCK)]
        let vma = guard.vma_lookup(BASE).ok_or(EINVAL)?.as_ptr();
        #[cfg(CONFIG_PER_VMA_LOCK)]
        // SAFETY: The VMA is valid, and this mm has no other user.
        let before = unsafe {
            let refcnt = &raw mut (*vma).vm_refcnt.refs.counter;
            let before = refcnt.read();
            refcnt.write(bindings::VM_REFCNT_LIMIT as i32);
            before
        };
        let refused = guard.into_vma_read(BASE);
        #[cfg(CONFIG_PER_VMA_LOCK)]
        // SAFETY: As above. The VMA is still there, as the mmap lock was not given up.
        unsafe {
            (&raw mut (*vma).vm_refcnt.refs.counter).write(before);
        }
        match refused {
            Err(HandOverError::NotObtained(guard)) => expect!(guard.vma_lookup(BASE).is_some()),
            _ => return Err(EINVAL),
        }
        Ok(())
    }

    #[test]
    fn mmap_trylock_under_vma_read_lock() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let Ok(mut vma) = ctx.lock_vma_under_rcu(BASE) else {
            expect!(!PER_VMA_LOCK);
            return Ok(());
        };
        let guard = vma.mmap_read_trylock().ok_or(EINVAL)?;
        expect!(guard.vma_lookup(BASE).is_some());
        drop(guard);

        let (locked, end) = (Event::new()?, Event::new()?);
        let thread = Thread::spawn(hold_mmap_write_lock(&mm, &locked, &end))?;
        expect!(locked.wait());
        expect!(vma.mmap_read_trylock().is_none());
        end.happen();
        expect!(thread.join());
        drop(vma);
        Ok(())
    }

    #[test]
    fn leaked_guard_only_keeps_the_writer_waiting() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let Ok(guard) = ctx.lock_vma_under_rcu(BASE) else {
            expect!(!PER_VMA_LOCK);
            return Ok(());
        };
        let vma = guard.as_ptr();
        core::mem::forget(guard);
        let taken = Event::new()?;
        let thread = Thread::spawn(write_lock(&mm, BASE, &taken))?;
        #[cfg(CONFIG_PER_VMA_LOCK)]
        expect!(eventually(|| writer_waits(vma)));
        expect!(!taken.happened());
        // SAFETY: This task took the lock above, and nobody else releases it.
        unsafe { bindings::vma_end_read(vma) };
        expect!(taken.wait());
        expect!(thread.join());
        Ok(())
    }

    #[test]
    fn unmapped_vma_gives_no_lock() -> Result {
        let mm = TestMm::new()?;
        let unmapped = Event::new()?;
        expect!(elsewhere_with(&mm, |mm| can_read_lock(mm, BASE))? == PER_VMA_LOCK);
        expect!(Thread::spawn(unmap_elsewhere(&mm, BASE, 3, &unmapped))?.join());
        expect!(unmapped.happened());
        let mut ctx = LockContext::new(&mm);
        expect!(ctx.lock_vma_under_rcu(BASE).is_err());
        expect!(ctx.stabilise(BASE).err() == Some(EFAULT));
        Ok(())
    }

    #[test]
    fn reader_holds_up_unmapping() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let vma = ctx.stabilise(BASE)?;
        let unmapped = Event::new()?;
        let thread = Thread::spawn(unmap_elsewhere(&mm, BASE, 3, &unmapped))?;
        #[cfg(CONFIG_PER_VMA_LOCK)]
        expect!(eventually(|| writer_waits(vma.as_ptr())));
        #[cfg(not(CONFIG_PER_VMA_LOCK))]
        // SAFETY: The mm is valid.
        expect!(eventually(|| unsafe {
            bindings::mmap_lock_is_contended(mm.as_raw()) != 0
        }));
        expect!(!unmapped.happened());
        expect!(vma.start() == BASE && vma.end() == BASE + 3 * PAGE_SIZE);
        drop(vma);
        expect!(unmapped.wait());
        expect!(thread.join());
        expect!(ctx.stabilise(BASE).err() == Some(EFAULT));
        Ok(())
    }

    #[test]
    fn killed_unmapping_waits_for_the_reader() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let Ok(vma) = ctx.lock_vma_under_rcu(BASE) else {
            expect!(!PER_VMA_LOCK);
            return Ok(());
        };
        let unmapped = Event::new()?;
        let unmap = unmap_elsewhere(&mm, BASE, 3, &unmapped);
        let thread = Thread::spawn(|| {
            allow_kill();
            unmap();
        })?;
        #[cfg(CONFIG_PER_VMA_LOCK)]
        expect!(eventually(|| writer_waits(vma.as_ptr())));
        thread.kill();
        kernel::time::delay::fsleep(kernel::time::Delta::from_millis(20));
        // It is still there, and waited for.
        expect!(!unmapped.happened());
        #[cfg(CONFIG_PER_VMA_LOCK)]
        expect!(writer_waits(vma.as_ptr()) && readers(vma.as_ptr()) == 1);
        expect!(vma.start() == BASE && vma.end() == BASE + 3 * PAGE_SIZE);
        drop(vma);
        expect!(unmapped.wait());
        expect!(thread.join());
        expect!(ctx.stabilise(BASE).err() == Some(EFAULT));
        Ok(())
    }

    #[test]
    fn killed_writer_leaves_the_vma_attached_and_unlocked() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let refused = Event::new()?;
        let Ok(vma) = ctx.lock_vma_under_rcu(BASE) else {
            expect!(!PER_VMA_LOCK);
            return Ok(());
        };
        let thread = Thread::spawn({
            let (mm, refused) = (mm.share(), refused.clone());
            move || {
                allow_kill();
                let mut ctx = LockContext::new(&mm);
                let mut guard = ctx.mmap_write_lock();
                if guard.vma_start_write_killable(BASE).err() == Some(EINTR) {
                    refused.happen();
                }
            }
        })?;
        #[cfg(CONFIG_PER_VMA_LOCK)]
        expect!(eventually(|| writer_waits(vma.as_ptr())));
        thread.kill();
        expect!(refused.wait());
        expect!(thread.join());
        // The one reader is still in, and nothing else.
        #[cfg(CONFIG_PER_VMA_LOCK)]
        expect!(readers(vma.as_ptr()) == 1 && !writer_waits(vma.as_ptr()));
        drop(vma);
        let guard = ctx.mmap_read_lock();
        expect!(guard.vma_lookup(BASE).is_some());
        expect!(guard.into_vma_read(BASE).is_ok());
        // The next writer gets it.
        let taken = Event::new()?;
        expect!(Thread::spawn(write_lock(&mm, BASE, &taken))?.join());
        expect!(taken.happened());
        Ok(())
    }
}
