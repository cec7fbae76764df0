// SPDX-License-Identifier: GPL-2.0-only

//! Tests of VMAs that are write-locked together.

use crate::mm::guard::{
    order::LockContext,
    tests::fixture::*,
    vma::Vma, //
};
use core::ops::Range;
use kernel::{
    mm::virt::flags,
    page::PAGE_SIZE,
    prelude::*, //
};

/// The end of the VMA that a [`TestMm`] has.
const END: usize = BASE + 3 * PAGE_SIZE;
/// The end of a second VMA, which begins there, and of the range that is locked.
const SECOND_END: usize = END + 2 * PAGE_SIZE;
/// A page of a third VMA, after a gap.
const THIRD: usize = SECOND_END + PAGE_SIZE;

/// Two VMAs beside each other, and one after a gap.
fn three_vmas() -> Result<TestMm> {
    let mm = TestMm::new()?;
    mm.map(END, 2, PROT_READ)?;
    mm.map(THIRD, 1, PROT_READ)?;
    Ok(mm)
}

/// Which of the three VMAs another task can read-lock at once.
fn can_read_lock(mm: &TestMm) -> Result<[bool; 3]> {
    let can = |addr| {
        elsewhere_with(mm, move |mm| {
            LockContext::new(mm).lock_vma_under_rcu(addr).is_ok()
        })
    };
    Ok([can(BASE)?, can(END)?, can(THIRD)?])
}

#[kunit_tests(mmguard_vma_range)]
mod suite {
    use super::*;

    #[test]
    fn all_of_the_range_are_write_locked() -> Result {
        let mm = three_vmas()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        // A page of each is enough.
        let mut vmas = guard.vma_start_write_range_killable(END - PAGE_SIZE..END + PAGE_SIZE)?;
        expect!(can_read_lock(&mm)? == [false, false, PER_VMA_LOCK]);
        let mut ends = vmas.vmas().map(|vma| vma.end());
        expect!(ends.next() == Some(END) && ends.next() == Some(SECOND_END));
        expect!(ends.next().is_none());
        drop(ends);

        let mut second = vmas.vma_mut(END).ok_or(EINVAL)?;
        second.set_flags(flags::DONTDUMP)?;
        expect!(second.end() == SECOND_END);
        // In the VMA, and not in the range; in another VMA.
        expect!(vmas.vma_mut(BASE).is_none());
        expect!(vmas.vma_mut(END + PAGE_SIZE).is_none());
        expect!(vmas.vma_mut(THIRD).is_none());
        let dumped = |vma: &_| Vma::flags(vma) & flags::DONTDUMP == 0;
        expect!(vmas.vmas().filter(dumped).count() == 1);

        // All end at once.
        let guard = guard.downgrade();
        expect!(can_read_lock(&mm)? == [PER_VMA_LOCK; 3]);
        drop(guard);

        // The one that begins where the range ends is not in it.
        let mut guard = ctx.mmap_write_lock();
        let vmas = guard.vma_start_write_range_killable(BASE..END)?;
        expect!(can_read_lock(&mm)? == [false, PER_VMA_LOCK, PER_VMA_LOCK]);
        expect!(vmas.vmas().count() == 1);
        Ok(())
    }

    #[test]
    fn gap_lets_none_be_write_locked() -> Result {
        let mm = three_vmas()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        for range in [
            // A gap between, before and behind.
            BASE..THIRD + PAGE_SIZE,
            BASE - PAGE_SIZE..END,
            BASE..SECOND_END + 1,
            SECOND_END..THIRD,
        ] {
            let refused = guard.vma_start_write_range_killable(range).err();
            expect!(refused == Some(EFAULT));
        }
        let backwards = Range {
            start: END,
            end: BASE,
        };
        for empty in [BASE..BASE, backwards] {
            let refused = guard.vma_start_write_range_killable(empty).err();
            expect!(refused == Some(EINVAL));
        }
        expect!(can_read_lock(&mm)? == [PER_VMA_LOCK; 3]);
        expect!(guard
            .vma_start_write_range_killable(BASE..SECOND_END)
            .is_ok());
        Ok(())
    }

    #[test]
    fn killed_task_gets_none() -> Result {
        let mm = three_vmas()?;
        let mut ctx = LockContext::new(&mm);
        let (refused, end) = (Event::new()?, Event::new()?);
        let write = {
            let (mm, refused, end) = (mm.share(), refused.clone(), end.clone());
            move || {
                allow_kill();
                let mut ctx = LockContext::new(&mm);
                let mut guard = ctx.mmap_write_lock();
                let got = guard.vma_start_write_range_killable(BASE..SECOND_END);
                if got.err() == Some(EINTR) {
                    refused.happen();
                    // Keeps the mmap write lock until the test has looked.
                    end.wait();
                }
            }
        };
        // A reader of the second one.
        let Ok(vma) = ctx.lock_vma_under_rcu(END) else {
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
        // The first one is locked until the mmap write lock ends.
        expect!(can_read_lock(&mm)? == [false, true, true]);
        end.happen();
        expect!(thread.join());
        expect!(can_read_lock(&mm)? == [true; 3]);
        drop(vma);
        Ok(())
    }
}
