// SPDX-License-Identifier: GPL-2.0-only

//! Tests of reading without a lock.

use crate::mm::guard::{
    order::LockContext,
    tests::fixture::*, //
};
use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};

#[kunit_tests(mmguard_speculate)]
mod suite {
    use super::*;

    #[test]
    fn quiet_mm_is_read() -> Result {
        let mm = TestMm::new()?;
        let ctx = LockContext::new(&mm);
        let read = ctx.mmap_lock_speculate(|s| {
            s.first_vma_range(0)
                .and(s.first_vma_range(BASE + 3 * PAGE_SIZE))
        });
        if PER_VMA_LOCK {
            expect!(read == Some((Some(BASE..BASE + 3 * PAGE_SIZE), None)));
        } else {
            expect!(read.is_none());
        }
        Ok(())
    }

    #[test]
    fn write_locked_mm_is_not_read() -> Result {
        let mm = TestMm::new()?;
        let (locked, end) = (Event::new()?, Event::new()?);
        let thread = Thread::spawn(hold_mmap_write_lock(&mm, &locked, &end))?;
        expect!(locked.wait());
        let ctx = LockContext::new(&mm);
        expect!(ctx.mmap_lock_speculate(|s| s.first_vma_range(0)).is_none());
        end.happen();
        expect!(thread.join());
        Ok(())
    }

    #[test]
    fn writer_in_between_is_noticed() -> Result {
        let mm = TestMm::new()?;
        let ctx = LockContext::new(&mm);
        let done = Event::new()?;
        let read = ctx.mmap_lock_speculate(|s| {
            let range = s.first_vma_range(0);
            let thread = Thread::spawn({
                let (mm, done) = (mm.share(), done.clone());
                move || {
                    drop(LockContext::new(&mm).mmap_write_lock());
                    done.happen();
                }
            });
            drop(thread);
            range
        });
        expect!(read.is_none());
        expect!(done.happened() == PER_VMA_LOCK);
        Ok(())
    }
}
