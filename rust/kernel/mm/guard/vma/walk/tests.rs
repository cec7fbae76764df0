// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the walk.

use crate::mm::guard::{
    order::LockContext,
    tests::fixture::*,
    vma::stable::HeldLock, //
};
use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};

/// The VMAs that [`mapped`] makes, in pages from [`BASE`].
const RANGES: [(usize, usize); 4] = [(0, 3), (3, 4), (6, 8), (8, 9)];

/// Maps VMAs side by side and with gaps.
fn mapped() -> Result<TestMm> {
    let mm = TestMm::new()?;
    mm.map(BASE + 3 * PAGE_SIZE, 1, PROT_READ)?;
    mm.map(BASE + 6 * PAGE_SIZE, 2, PROT_NONE)?;
    mm.map(BASE + 8 * PAGE_SIZE, 1, PROT_READ)?;
    Ok(mm)
}

#[kunit_tests(mmguard_walk)]
mod suite {
    use super::*;

    #[test]
    fn walk_sees_every_vma_under_its_lock() -> Result {
        let mm = mapped()?;
        let mut ctx = LockContext::new(&mm);
        let mut walk = ctx.walk_vmas(0);
        for (first, end) in RANGES {
            let vma = walk.next_vma()?.ok_or(EINVAL)?;
            expect!(vma.start() == BASE + first * PAGE_SIZE);
            expect!(vma.end() == BASE + end * PAGE_SIZE);
            expect!((vma.held_lock() == HeldLock::Vma) == PER_VMA_LOCK);
        }
        expect!(walk.next_vma()?.is_none());
        expect!((walk.fallbacks() == 0) == PER_VMA_LOCK);
        Ok(())
    }

    #[test]
    fn walk_begins_inside_a_vma() -> Result {
        let mm = mapped()?;
        let mut ctx = LockContext::new(&mm);
        let mut walk = ctx.walk_vmas(BASE + 7 * PAGE_SIZE);
        expect!(walk.next_vma()?.ok_or(EINVAL)?.start() == BASE + 6 * PAGE_SIZE);
        expect!(walk.position() == BASE + 8 * PAGE_SIZE);
        expect!(walk.next_vma()?.ok_or(EINVAL)?.end() == BASE + 9 * PAGE_SIZE);
        expect!(walk.next_vma()?.is_none());
        Ok(())
    }

    #[test]
    fn walk_of_an_empty_mm_ends() -> Result {
        let mm = TestMm::empty()?;
        let mut ctx = LockContext::new(&mm);
        expect!(ctx.walk_vmas(0).next_vma()?.is_none());
        expect!(ctx.walk_vmas(usize::MAX).next_vma()?.is_none());
        Ok(())
    }

    #[test]
    fn walk_goes_on_after_changes() -> Result {
        let mm = mapped()?;
        let mut ctx = LockContext::new(&mm);
        let mut walk = ctx.walk_vmas(0);
        expect!(walk.next_vma()?.ok_or(EINVAL)?.end() == BASE + 3 * PAGE_SIZE);

        // What came next is unmapped, and what comes after is new.
        mm.unmap(BASE + 3 * PAGE_SIZE, 4)?;
        mm.map(BASE + 5 * PAGE_SIZE, 1, PROT_READ)?;
        expect!(walk.next_vma()?.ok_or(EINVAL)?.start() == BASE + 5 * PAGE_SIZE);
        expect!(walk.next_vma()?.ok_or(EINVAL)?.start() == BASE + 7 * PAGE_SIZE);

        // What was seen and what comes next become one.
        mm.map(BASE + 7 * PAGE_SIZE, 1, PROT_READ)?;
        let vma = walk.next_vma()?.ok_or(EINVAL)?;
        expect!(vma.start() == BASE + 7 * PAGE_SIZE && vma.end() == BASE + 9 * PAGE_SIZE);
        drop(vma);
        expect!(walk.next_vma()?.is_none());
        Ok(())
    }

    #[test]
    fn walk_falls_back_while_a_vma_is_written() -> Result {
        let mm = mapped()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let _ = guard.vma_start_write(BASE + 3 * PAGE_SIZE)?;
        let passed = Event::new()?;
        let thread = Thread::spawn({
            let (mm, passed) = (mm.share(), passed.clone());
            move || {
                let mut ctx = LockContext::new(&mm);
                let mut walk = ctx.walk_vmas(0);
                let mut ends = RANGES.iter().map(|(_, end)| BASE + end * PAGE_SIZE);
                while let Ok(Some(vma)) = walk.next_vma() {
                    if ends.next() != Some(vma.end()) {
                        return;
                    }
                }
                let fallbacks = if PER_VMA_LOCK {
                    // `lock_next_vma()` takes the mmap lock itself, but for that of a module.
                    0..=1
                } else {
                    RANGES.len() + 1..=RANGES.len() + 1
                };
                if ends.next().is_none() && fallbacks.contains(&walk.fallbacks()) {
                    passed.happen();
                }
            }
        })?;
        expect!(eventually(|| guard.is_contended()));
        drop(guard);
        expect!(thread.join());
        expect!(passed.happened());
        Ok(())
    }

    #[test]
    fn walk_is_interrupted() -> Result {
        let mm = mapped()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let _ = guard.vma_start_write(BASE)?;
        let (refused, on, went_on) = (Event::new()?, Event::new()?, Event::new()?);
        let thread = Thread::spawn({
            let (mm, refused) = (mm.share(), refused.clone());
            let (on, went_on) = (on.clone(), went_on.clone());
            move || {
                allow_kill();
                let mut ctx = LockContext::new(&mm);
                let mut walk = ctx.walk_vmas(0);
                if walk.next_vma().err() == Some(EINTR) && walk.position() == 0 {
                    refused.happen();
                }
                // The walk goes on where it was, with the signal pending: no lock is waited for.
                on.wait();
                if matches!(walk.next_vma(), Ok(Some(vma)) if vma.start() == BASE) {
                    went_on.happen();
                }
            }
        })?;
        expect!(eventually(|| guard.is_contended()));
        thread.kill();
        expect!(refused.wait());
        drop(guard);
        on.happen();
        expect!(thread.join());
        expect!(went_on.happened());
        // Nothing was left held.
        drop(ctx.mmap_write_lock());
        Ok(())
    }
}
