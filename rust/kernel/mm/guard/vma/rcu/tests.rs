// SPDX-License-Identifier: GPL-2.0-only

//! Tests of VMAs under RCU alone.

#[cfg(CONFIG_PER_VMA_LOCK)]
use crate::bindings;
use crate::mm::guard::{
    order::LockContext,
    tests::fixture::*, //
};
#[cfg(CONFIG_PER_VMA_LOCK)]
use kernel::{
    mm::MmWithUser,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    }, //
};
use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};

/// The reference count of the VMA at [`BASE`], as RCU shows it.
#[cfg(CONFIG_PER_VMA_LOCK)]
fn refcnt(ctx: &mut LockContext<'_>) -> Option<u32> {
    let section = ctx.rcu_read_lock();
    let count = section.vma_lookup(BASE)?.vm_refcnt().hint();
    Some(count)
}

/// The sequence number of the VMA at [`BASE`], as RCU shows it.
#[cfg(CONFIG_PER_VMA_LOCK)]
fn lock_seq(mm: &MmWithUser) -> Option<u32> {
    let mut ctx = LockContext::new(mm);
    let section = ctx.rcu_read_lock();
    let seq = section.vma_lookup(BASE)?.vm_lock_seq().hint();
    Some(seq)
}

/// The sequence number of an mm, which nobody else locks for writing.
#[cfg(CONFIG_PER_VMA_LOCK)]
fn mm_lock_seq(mm: &MmWithUser) -> u32 {
    // SAFETY: The mm is valid.
    unsafe { (&raw const (*mm.as_raw()).__bindgen_anon_1.mm_lock_seq.sequence).read_volatile() }
}

/// How many pages the VMA at [`BASE`] has, in each of the two address spaces that a VMA goes back
/// and forth between.
#[cfg(CONFIG_PER_VMA_LOCK)]
const PAGES: [usize; 2] = [3, 5];

/// Maps and unmaps in two mms by turns, so that a VMA of the one becomes a VMA of the other.
///
/// Returns how often that was seen.
#[cfg(CONFIG_PER_VMA_LOCK)]
fn recycle(mms: [&MmWithUser; 2], rounds: usize) -> Result<usize> {
    let mut recycled = 0;
    let mut last = core::ptr::null_mut();
    for round in 0..rounds {
        let (mm, pages) = (mms[round % 2], PAGES[round % 2]);
        in_mm(mm, || map_here(BASE, pages))?;
        let vma = LockContext::new(mm)
            .mmap_read_lock()
            .vma_lookup(BASE)
            .ok_or(EINVAL)?
            .as_ptr();
        if vma == last {
            recycled += 1;
        }
        last = vma;
        // SAFETY: This may be called in any task.
        unsafe { bindings::schedule() };
        in_mm(mm, || unmap(BASE, pages))?;
    }
    Ok(recycled)
}

#[kunit_tests(mmguard_rcu)]
mod suite {
    use super::*;

    #[test]
    fn lookup_finds_the_vma_of_this_mm() -> Result {
        let mm = TestMm::new()?;
        let other = OtherMm::new(|mm| mm.map(BASE, 1, PROT_READ))?;
        let mut ctx = LockContext::new(&mm);
        let section = ctx.rcu_read_lock();
        for addr in [BASE, BASE + 3 * PAGE_SIZE - 1] {
            let vma = section.vma_lookup(addr).ok_or(EINVAL)?;
            expect!(vma.belongs_to(&mm).hint());
            expect!(!vma.belongs_to(&other).hint());
        }
        for addr in [UNMAPPED, BASE - 1, BASE + 3 * PAGE_SIZE, usize::MAX] {
            expect!(section.vma_lookup(addr).is_none());
        }
        Ok(())
    }

    #[test]
    fn refcnt_tells_of_readers_and_a_writer() -> Result {
        #[cfg(CONFIG_PER_VMA_LOCK)]
        {
            let mm = TestMm::new()?;
            let mut ctx = LockContext::new(&mm);
            expect!(refcnt(&mut ctx) == Some(1));

            let (locked, end) = (Event::new()?, Event::new()?);
            let reader = Thread::spawn(hold_vma_read_lock(&mm, BASE, &locked, &end))?;
            expect!(locked.wait());
            expect!(refcnt(&mut ctx) == Some(2));

            let taken = Event::new()?;
            let writer = Thread::spawn(write_lock(&mm, BASE, &taken))?;
            let mut waits = false;
            for _ in 0..5000 {
                if refcnt(&mut ctx) == Some(2 | bindings::VM_REFCNT_EXCLUDE_READERS_FLAG) {
                    waits = true;
                    break;
                }
                kernel::time::delay::fsleep(kernel::time::Delta::from_millis(1));
            }
            expect!(waits);
            expect!(!taken.happened());
            end.happen();
            expect!(reader.join());
            expect!(writer.join());
            expect!(taken.happened());
            expect!(refcnt(&mut ctx) == Some(1));
        }
        Ok(())
    }

    #[test]
    fn lock_seq_moves_by_a_write_lock() -> Result {
        #[cfg(CONFIG_PER_VMA_LOCK)]
        {
            let mm = TestMm::new()?;
            let before = lock_seq(&mm).ok_or(EINVAL)?;
            let mut ctx = LockContext::new(&mm);

            // The mmap write lock alone leaves the VMA's number as it is.
            let mut guard = ctx.mmap_write_lock();
            let seen = Arc::new(Atomic::new(0u32), GFP_KERNEL)?;
            let look = || {
                let seen = seen.clone();
                elsewhere_with(&mm, move |mm| {
                    let seq = lock_seq(mm);
                    seen.store(seq.unwrap_or(0), Relaxed);
                    seq.is_some()
                })
            };
            expect!(look()?);
            expect!(seen.load(Relaxed) == before);

            let _ = guard.vma_start_write(BASE)?;
            expect!(look()?);
            let of_mm = mm_lock_seq(&mm);
            expect!(seen.load(Relaxed) == of_mm);
            expect!(of_mm != before);
            drop(guard);

            // The release moves the number of the mm only.
            expect!(lock_seq(&mm) == Some(of_mm));
        }
        Ok(())
    }

    #[test]
    fn mm_lock_seq_moves_at_write_lock_and_release() -> Result {
        #[cfg(CONFIG_PER_VMA_LOCK)]
        {
            let mm = TestMm::new()?;
            let mut ctx = LockContext::new(&mm);
            let begin = mm_lock_seq(&mm);
            expect!(begin % 2 == 0);
            // A reader moves nothing.
            drop(ctx.mmap_read_lock());
            drop(ctx.stabilise(BASE)?);
            expect!(mm_lock_seq(&mm) == begin);
            for round in 0..3 {
                let before = begin.wrapping_add(2 * round);
                let mut guard = ctx.mmap_write_lock();
                expect!(mm_lock_seq(&mm) == before.wrapping_add(1));
                let _ = guard.vma_start_write(BASE)?;
                expect!(mm_lock_seq(&mm) == before.wrapping_add(1));
                if round == 1 {
                    let guard = guard.downgrade();
                    expect!(mm_lock_seq(&mm) == before.wrapping_add(2));
                    drop(guard);
                } else {
                    drop(guard);
                }
                expect!(mm_lock_seq(&mm) == before.wrapping_add(2));
            }
        }
        Ok(())
    }

    #[test]
    fn locked_vmas_are_of_this_mm_and_range() -> Result {
        #[cfg(CONFIG_PER_VMA_LOCK)]
        {
            const ROUNDS: usize = 3000;

            let mm = TestMm::empty()?;
            let other = OtherMm::new(|_| Ok(()))?;
            let done = Event::new()?;
            let recycled = Arc::new(Atomic::new(0), GFP_KERNEL)?;
            let recycler = Thread::spawn({
                let (mm, other) = (mm.share(), (*other).clone());
                let (recycled, done) = (recycled.clone(), done.clone());
                move || {
                    if let Ok(count) = recycle([&mm, &other], ROUNDS) {
                        recycled.store(count, Relaxed);
                    }
                    done.happen();
                }
            })?;

            let mut ctx = LockContext::new(&mm);
            let (mut locked, mut refused, mut wrong) = (0, 0, 0);
            while !done.happened() {
                match ctx.lock_vma_under_rcu(BASE + PAGE_SIZE) {
                    Ok(vma) => {
                        locked += 1;
                        let range = BASE..BASE + PAGES[0] * PAGE_SIZE;
                        if (vma.start()..vma.end()) != range || !vma.belongs_to(&mm) {
                            wrong += 1;
                        }
                    }
                    Err(_) => refused += 1,
                }
                // SAFETY: This may be called in any task.
                unsafe { bindings::schedule() };
            }
            expect!(recycler.join());
            let recycled = recycled.load(Relaxed);
            kernel::kunit::info(fmt!(
                "    # {locked} locked, {refused} not, {recycled} VMAs of {ROUNDS} recycled\n"
            ));
            expect!(wrong == 0);
            // KASAN keeps back for a while what was freed.
            expect!(locked > 0 && refused > 0 && (recycled > 0 || cfg!(CONFIG_KASAN)));
        }
        Ok(())
    }
}
