// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the mmap lock.

use crate::mm::guard::{
    mmap::{
        MmGuard,
        MmapLockState, //
    },
    order::LockContext,
    tests::fixture::*, //
};
use kernel::{
    mm::MmWithUser,
    prelude::*,
    sync::aref::ARef, //
};

/// Holds a lock, and sees that another task has to wait to take one, until it is released.
fn waits<S: MmapLockState>(
    hold: impl for<'a> FnOnce(&'a mut LockContext<'_>) -> MmGuard<'a, S>,
    take: fn(&mut LockContext<'_>),
) -> Result {
    let mm = TestMm::new()?;
    let mut ctx = LockContext::new(&mm);
    let guard = hold(&mut ctx);
    let taken = Event::new()?;
    let thread = take_in_thread(mm.share(), take, taken.clone())?;

    expect!(eventually(|| guard.is_contended()));
    expect!(!taken.happened());
    drop(guard);
    expect!(taken.wait());
    expect!(thread.join());
    Ok(())
}

/// Holds a lock, and sees another task take one beside it.
fn shares<S: MmapLockState>(
    hold: impl for<'a> FnOnce(&'a mut LockContext<'_>) -> MmGuard<'a, S>,
    take: fn(&mut LockContext<'_>),
) -> Result {
    let mm = TestMm::new()?;
    let mut ctx = LockContext::new(&mm);
    let guard = hold(&mut ctx);
    let taken = Event::new()?;
    let thread = take_in_thread(mm.share(), take, taken.clone())?;

    expect!(taken.wait());
    expect!(thread.join());
    drop(guard);
    Ok(())
}

fn take_in_thread(
    mm: ARef<MmWithUser>,
    take: fn(&mut LockContext<'_>),
    taken: Event,
) -> Result<Thread> {
    Thread::spawn(move || {
        take(&mut LockContext::new(&mm));
        taken.happen();
    })
}

/// Sees a task that waits for the mmap lock, under a writer, be killed.
fn interrupted(take: fn(&mut LockContext<'_>) -> Result) -> Result {
    let mm = TestMm::new()?;
    let mut ctx = LockContext::new(&mm);
    let guard = ctx.mmap_write_lock();
    let refused = Event::new()?;
    let thread = Thread::spawn({
        let (mm, refused) = (mm.share(), refused.clone());
        move || {
            allow_kill();
            if take(&mut LockContext::new(&mm)) == Err(EINTR) {
                refused.happen();
            }
        }
    })?;

    expect!(eventually(|| guard.is_contended()));
    thread.kill();
    expect!(refused.wait());
    expect!(thread.join());
    drop(guard);
    // Nothing was left held.
    drop(ctx.mmap_write_lock());
    Ok(())
}

fn read(ctx: &mut LockContext<'_>) {
    drop(ctx.mmap_read_lock());
}

fn write(ctx: &mut LockContext<'_>) {
    drop(ctx.mmap_write_lock());
}

fn write_then_downgrade(ctx: &mut LockContext<'_>) {
    drop(ctx.mmap_write_lock().downgrade());
}

#[kunit_tests(mmguard_mmap_lock)]
mod suite {
    use super::*;

    #[test]
    fn read_shares_with_read() -> Result {
        shares(|ctx| ctx.mmap_read_lock(), read)
    }

    #[test]
    fn read_excludes_write() -> Result {
        waits(|ctx| ctx.mmap_read_lock(), write)
    }

    #[test]
    fn downgraded_shares_with_read() -> Result {
        shares(|ctx| ctx.mmap_write_lock().downgrade(), read)
    }

    #[test]
    fn downgraded_excludes_downgraded() -> Result {
        waits(
            |ctx| ctx.mmap_write_lock().downgrade(),
            write_then_downgrade,
        )
    }

    #[test]
    fn downgraded_excludes_write() -> Result {
        waits(|ctx| ctx.mmap_write_lock().downgrade(), write)
    }

    #[test]
    fn write_excludes_read() -> Result {
        waits(|ctx| ctx.mmap_write_lock(), read)
    }

    #[test]
    fn write_excludes_write() -> Result {
        waits(|ctx| ctx.mmap_write_lock(), write)
    }

    #[test]
    fn downgrade_is_never_unlocked() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let guard = ctx.mmap_write_lock();
        let taken = Event::new()?;
        let thread = take_in_thread(mm.share(), write, taken.clone())?;
        expect!(eventually(|| guard.is_contended()));

        // The writer that waits is not let in by the downgrade.
        let guard = guard.downgrade();
        expect!(guard.is_contended());
        expect!(!taken.happened());
        expect!(guard.vma_lookup(BASE).is_some());
        drop(guard);
        expect!(taken.wait());
        expect!(thread.join());
        Ok(())
    }

    #[test]
    fn read_killable_is_interrupted() -> Result {
        interrupted(|ctx| ctx.mmap_read_lock_killable().map(drop))
    }

    #[test]
    fn write_killable_is_interrupted() -> Result {
        interrupted(|ctx| ctx.mmap_write_lock_killable().map(drop))
    }

    #[test]
    fn killable_forms_lock() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        expect!(ctx.mmap_read_lock_killable()?.vma_lookup(BASE).is_some());
        expect!(ctx.mmap_write_lock_killable()?.vma_lookup(BASE).is_some());
        Ok(())
    }

    #[test]
    fn trylock_fails_under_writer() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        expect!(ctx.mmap_read_trylock().is_ok());

        let guard = ctx.mmap_write_lock();
        let refused = Event::new()?;
        let thread = Thread::spawn({
            let (mm, refused) = (mm.share(), refused.clone());
            move || {
                if LockContext::new(&mm).mmap_read_trylock().is_err() {
                    refused.happen();
                }
            }
        })?;
        expect!(refused.wait());
        expect!(thread.join());
        drop(guard);
        Ok(())
    }

    #[test]
    fn nested_write_is_for_another_mm() -> Result {
        let mm = TestMm::new()?;
        let other = OtherMm::new(|mm| mm.map(BASE, 1, PROT_READ))?;
        let mut ctx = LockContext::new(&mm);
        let mut pair = ctx.mmap_write_lock_nested(&other)?;
        expect!(pair.outer().vma_lookup(BASE).is_some());
        expect!(pair.inner_mut().vma_start_write(BASE).is_ok());
        expect!(pair.outer_mut().vma_start_write(BASE).is_ok());
        drop(pair);
        expect!(ctx.mmap_write_lock_nested(&mm).err() == Some(EINVAL));
        expect!(ctx.mmap_read_trylock().is_ok());
        Ok(())
    }

    #[test]
    fn nested_write_is_interrupted() -> Result {
        interrupted(|ctx| {
            let other = OtherMm::new(|_| Ok(()))?;
            ctx.mmap_write_lock_nested(&other).map(drop)
        })
    }

    #[test]
    fn lookup_and_iteration() -> Result {
        use kernel::page::PAGE_SIZE;

        let mm = TestMm::new()?;
        mm.map(BASE + 4 * PAGE_SIZE, 1, PROT_READ)?;
        mm.map(BASE + 5 * PAGE_SIZE, 2, PROT_NONE)?;
        let mut ctx = LockContext::new(&mm);
        let guard = ctx.mmap_read_lock();

        expect!(guard.vma_lookup(UNMAPPED).is_none());
        expect!(guard.vma_lookup(BASE + 3 * PAGE_SIZE).is_none());
        let vma = guard.vma_lookup(BASE + 2 * PAGE_SIZE).ok_or(EINVAL)?;
        expect!(vma.start() == BASE && vma.end() == BASE + 3 * PAGE_SIZE);

        let mut vmas = guard.vmas(BASE + 3 * PAGE_SIZE);
        for (start, pages) in [(4, 1), (5, 2)] {
            let vma = vmas.next().ok_or(EINVAL)?;
            expect!(vma.start() == BASE + start * PAGE_SIZE);
            expect!(vma.end() == BASE + (start + pages) * PAGE_SIZE);
        }
        expect!(vmas.next().is_none());
        expect!(guard.vmas(0).count() == 3);
        Ok(())
    }

    #[test]
    fn leaked_read_guard_only_keeps_writers_out() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        core::mem::forget(ctx.mmap_read_lock());
        let taken = Event::new()?;
        let thread = take_in_thread(mm.share(), write, taken.clone())?;
        // SAFETY: The mm is valid.
        expect!(eventually(|| unsafe {
            crate::bindings::mmap_lock_is_contended(mm.as_raw()) != 0
        }));
        expect!(!taken.happened());
        // SAFETY: This task took the lock above, and nobody else releases it.
        unsafe { crate::bindings::mmap_read_unlock(mm.as_raw()) };
        expect!(taken.wait());
        expect!(thread.join());
        Ok(())
    }

    #[test]
    fn total_vm_is_that_of_all_vmas() -> Result {
        use kernel::page::PAGE_SIZE;

        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        for pages in [3, 10, 8] {
            match pages {
                10 => mm.map(BASE + 4 * PAGE_SIZE, 7, PROT_READ)?,
                8 => mm.unmap(BASE + 5 * PAGE_SIZE, 2)?,
                _ => {}
            }
            let guard = ctx.mmap_write_lock();
            expect!(guard.total_vm() == pages);
            let guard = guard.downgrade();
            expect!(guard.total_vm() == pages);
            let bytes: usize = guard.vmas(0).map(|vma| vma.end() - vma.start()).sum();
            expect!(bytes == pages * PAGE_SIZE);
        }
        Ok(())
    }
}
