// SPDX-License-Identifier: GPL-2.0-only

//! Tests of two VMAs at once.

use crate::{
    bindings,
    mm::guard::{
        order::LockContext,
        tests::fixture::*,
        vma::{
            pair::VmaPair,
            stable::HeldLock, //
        }, //
    }, //
};
use kernel::{
    mm::MmWithUser,
    page::PAGE_SIZE,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    }, //
};

/// Where the second VMA is.
const OTHER: usize = BASE + 4 * PAGE_SIZE;

/// Makes an mm with a VMA at [`BASE`] and another at [`OTHER`].
fn mapped() -> Result<TestMm> {
    let mm = TestMm::new()?;
    mm.map(OTHER, 1, PROT_READ)?;
    Ok(mm)
}

/// Whether a writer waits for one of the VMAs of a pair, or for the mmap lock where there is no
/// other.
fn writer_waits_for(mm: &MmWithUser, pair: &VmaPair<'_>) -> bool {
    #[cfg(CONFIG_PER_VMA_LOCK)]
    let at_vma = writer_waits(pair.first().as_ptr()) || writer_waits(pair.second().as_ptr());
    #[cfg(not(CONFIG_PER_VMA_LOCK))]
    let at_vma = false;
    // SAFETY: The mm is valid.
    let at_mm = unsafe { bindings::mmap_lock_is_contended(mm.as_raw()) != 0 };
    match pair.held_lock() {
        HeldLock::Vma => at_vma,
        HeldLock::Mmap => at_mm,
    }
}

/// Sees a writer of the VMA at `addr` wait for a pair to be dropped, and not longer.
fn holds_up_writer(mm: &TestMm, first: usize, second: usize, addr: usize) -> Result {
    let mut ctx = LockContext::new(mm);
    let pair = ctx.lock_vma_pair(first, second)?;
    let taken = Event::new()?;
    let thread = Thread::spawn(write_lock(mm, addr, &taken))?;
    expect!(eventually(|| writer_waits_for(mm, &pair)));
    expect!(!taken.happened());
    drop(pair);
    expect!(taken.wait());
    expect!(thread.join());
    Ok(())
}

/// Whether a writer gets both VMAs at once: nothing was left held.
fn nothing_is_held(mm: &TestMm) -> Result<bool> {
    for addr in [BASE, OTHER] {
        let taken = Event::new()?;
        if !Thread::spawn(write_lock(mm, addr, &taken))?.join() || !taken.happened() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What lock the pair has that is taken by VMA locks.
const AT_BEST: HeldLock = if PER_VMA_LOCK {
    HeldLock::Vma
} else {
    HeldLock::Mmap
};

/// Locks pairs, again and again until `end`, for another task to run.
///
/// Counts what it tried, and what it got.
fn lock_pairs(
    mm: &TestMm,
    first: usize,
    second: usize,
    counts: &Arc<[Atomic<usize>; 2]>,
    end: &Event,
) -> impl FnOnce() + Send + 'static {
    let (mm, counts, end) = (mm.share(), counts.clone(), end.clone());
    move || {
        let [tried, locked] = &*counts;
        let mut ctx = LockContext::new(&mm);
        while !end.happened() {
            tried.add(1, Relaxed);
            if let Ok(pair) = ctx.lock_vma_pair(first, second) {
                if pair.first().start() == first && pair.second().start() == second {
                    locked.add(1, Relaxed);
                }
            }
            // SAFETY: This may be called in any task.
            unsafe { bindings::schedule() };
        }
    }
}

#[kunit_tests(mmguard_pair)]
mod suite {
    use super::*;

    #[test]
    fn two_vmas_are_locked() -> Result {
        let mm = mapped()?;
        let mut ctx = LockContext::new(&mm);
        let pair = ctx.lock_vma_pair(BASE + PAGE_SIZE, OTHER)?;
        expect!(!pair.is_one_vma());
        expect!(pair.held_lock() == AT_BEST);
        expect!(pair.first().start() == BASE && pair.first().end() == BASE + 3 * PAGE_SIZE);
        expect!(pair.second().start() == OTHER && pair.second().end() == OTHER + PAGE_SIZE);
        #[cfg(CONFIG_PER_VMA_LOCK)]
        expect!(readers(pair.first().as_ptr()) == 1 && readers(pair.second().as_ptr()) == 1);
        drop(pair);
        for (first, second) in [(BASE, OTHER), (OTHER, BASE)] {
            for addr in [BASE, OTHER] {
                holds_up_writer(&mm, first, second, addr)?;
            }
        }
        // Where the first one ends, the second one begins.
        let end = BASE + 3 * PAGE_SIZE;
        mm.map(end, 1, PROT_NONE)?;
        let pair = ctx.lock_vma_pair(BASE, end)?;
        expect!(!pair.is_one_vma() && pair.second().start() == end);
        Ok(())
    }

    #[test]
    fn one_vma_is_locked_once() -> Result {
        let mm = mapped()?;
        let mut ctx = LockContext::new(&mm);
        let pair = ctx.lock_vma_pair(BASE + 2 * PAGE_SIZE, BASE)?;
        expect!(pair.is_one_vma());
        expect!(pair.held_lock() == AT_BEST);
        expect!(pair.first().start() == BASE);
        expect!(pair.first().as_ptr() == pair.second().as_ptr());
        #[cfg(CONFIG_PER_VMA_LOCK)]
        expect!(readers(pair.first().as_ptr()) == 1);
        drop(pair);
        holds_up_writer(&mm, BASE, BASE + PAGE_SIZE, BASE)?;
        Ok(())
    }

    #[test]
    fn written_vma_makes_it_wait() -> Result {
        for (written, other) in [(BASE, OTHER), (OTHER, BASE)] {
            for (first, second) in [(written, other), (other, written), (written, written)] {
                let mm = mapped()?;
                let mut ctx = LockContext::new(&mm);
                let mut guard = ctx.mmap_write_lock();
                let vma = guard.vma_start_write(written)?.as_ptr();
                let other_vma = guard.vma_lookup(other).ok_or(EINVAL)?.as_ptr();
                let locked = Event::new()?;
                let thread = Thread::spawn({
                    let (mm, locked) = (mm.share(), locked.clone());
                    move || {
                        let mut ctx = LockContext::new(&mm);
                        if let Ok(pair) = ctx.lock_vma_pair(first, second) {
                            if pair.held_lock() == AT_BEST
                                && pair.is_one_vma() == (first == second)
                                && pair.first().start() == first
                                && pair.second().start() == second
                            {
                                locked.happen();
                            }
                        };
                    }
                })?;
                expect!(eventually(|| guard.is_contended()));
                expect!(!locked.happened());
                // A task that waits has released its locks.
                #[cfg(CONFIG_PER_VMA_LOCK)]
                expect!(readers(vma) == 0 && readers(other_vma) == 0);
                #[cfg(not(CONFIG_PER_VMA_LOCK))]
                let _ = (vma, other_vma);
                drop(guard);
                expect!(thread.join());
                expect!(locked.happened());
                expect!(nothing_is_held(&mm)?);
                // The mm stays the one of this task.
                mm.unmap(BASE, 5)?;
            }
        }
        Ok(())
    }

    #[test]
    fn too_many_readers_leave_the_mmap_lock() -> Result {
        let mm = mapped()?;
        let mut ctx = LockContext::new(&mm);
        #[cfg(CONFIG_PER_VMA_LOCK)]
        let other = {
            let other = ctx
                .mmap_read_lock()
                .vma_lookup(OTHER)
                .ok_or(EINVAL)?
                .as_ptr();
            // SAFETY: The VMA is valid, and this mm has no other user.
            unsafe {
                let refcnt = &raw mut (*other).vm_refcnt.refs.counter;
                let before = refcnt.read();
                refcnt.write(bindings::VM_REFCNT_LIMIT as i32);
                (refcnt, before)
            }
        };
        let pair = ctx.lock_vma_pair(BASE, OTHER);
        let held = pair.as_ref().map(|pair| {
            #[cfg(CONFIG_PER_VMA_LOCK)]
            if readers(pair.first().as_ptr()) != 0 {
                return None;
            }
            Some((
                pair.held_lock() == HeldLock::Mmap,
                pair.first().start(),
                pair.second().start(),
            ))
        });
        let held = held == Ok(Some((true, BASE, OTHER)));
        drop(pair);
        #[cfg(CONFIG_PER_VMA_LOCK)]
        // SAFETY: As above. The VMA is still there, as nobody else uses the mm.
        unsafe {
            other.0.write(other.1)
        };
        expect!(held);
        expect!(nothing_is_held(&mm)?);
        Ok(())
    }

    #[test]
    fn both_addresses_need_a_vma() -> Result {
        let mm = mapped()?;
        let mut ctx = LockContext::new(&mm);
        for (first, second) in [(UNMAPPED, OTHER), (BASE, UNMAPPED), (UNMAPPED, UNMAPPED)] {
            expect!(ctx.lock_vma_pair(first, second).err() == Some(EFAULT));
            expect!(nothing_is_held(&mm)?);
        }
        Ok(())
    }

    #[test]
    fn waiting_is_killable() -> Result {
        let mm = mapped()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let _ = guard.vma_start_write(OTHER)?;
        let refused = Event::new()?;
        let thread = Thread::spawn({
            let (mm, refused) = (mm.share(), refused.clone());
            move || {
                allow_kill();
                if LockContext::new(&mm).lock_vma_pair(BASE, OTHER).err() == Some(EINTR) {
                    refused.happen();
                }
            }
        })?;
        expect!(eventually(|| guard.is_contended()));
        thread.kill();
        expect!(refused.wait());
        expect!(thread.join());
        drop(guard);
        expect!(nothing_is_held(&mm)?);
        Ok(())
    }

    #[test]
    fn opposite_orders_and_a_writer_do_not_deadlock() -> Result {
        const ROUNDS: usize = 3000;

        let mm = mapped()?;
        let counts = Arc::new([Atomic::new(0), Atomic::new(0)], GFP_KERNEL)?;
        let end = Event::new()?;
        let one = Thread::spawn(lock_pairs(&mm, BASE, OTHER, &counts, &end))?;
        let two = Thread::spawn(lock_pairs(&mm, OTHER, BASE, &counts, &end))?;
        let mut ctx = LockContext::new(&mm);
        for _ in 0..ROUNDS {
            let mut guard = ctx.mmap_write_lock();
            for addr in [BASE, OTHER] {
                expect!(guard.vma_start_write(addr)?.start() == addr);
            }
            drop(guard);
            // SAFETY: This may be called in any task.
            unsafe { bindings::schedule() };
        }
        end.happen();
        expect!(one.join());
        expect!(two.join());
        let [tried, locked] = [counts[0].load(Relaxed), counts[1].load(Relaxed)];
        kernel::kunit::info(fmt!("    # {locked} pairs beside {ROUNDS} writes\n"));
        expect!(tried == locked && locked > 0);
        Ok(())
    }
}
