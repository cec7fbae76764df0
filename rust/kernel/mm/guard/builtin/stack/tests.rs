// SPDX-License-Identifier: GPL-2.0-only

//! Tests of a stack that grows.

use crate::mm::guard::{
    builtin::{
        folio::get_user_folio,
        stack::expand_stack, //
    },
    order::LockContext,
    tests::fixture::*, //
};
use kernel::{
    mm::{
        virt::flags,
        MmWithUser, //
    },
    page::PAGE_SIZE,
    prelude::*, //
};

/// The lowest page of the stack, with room below.
const STACK: usize = BASE + 0x400_0000;

/// Makes an mm with a stack of two pages, the upper one written to.
fn with_stack() -> Result<TestMm> {
    let mm = TestMm::new()?;
    mm.map_stack(STACK, 2)?;
    mm.touch(STACK + PAGE_SIZE, 1)?;
    Ok(mm)
}

/// Whether another task can take the mmap lock for writing: it is not held.
fn is_free(mm: &TestMm) -> Result<bool> {
    elsewhere_with(mm, |mm| {
        drop(LockContext::new(mm).mmap_write_lock());
        true
    })
}

fn can_read(mm: &MmWithUser) -> bool {
    LockContext::new(mm).mmap_read_trylock().is_ok()
}

#[kunit_tests(mmguard_stack)]
mod suite {
    use super::*;

    #[test]
    fn stack_grows() -> Result {
        let mm = with_stack()?;
        let mut ctx = LockContext::new(&mm);
        let guard = ctx.mmap_read_lock();
        let vma = guard.vma_lookup(STACK).ok_or(EINVAL)?;
        expect!(vma.start() == STACK && vma.pgoff() == Some(STACK / PAGE_SIZE));
        expect!(guard.vma_lookup(STACK - 1).is_none());

        let to = STACK - 3 * PAGE_SIZE;
        let guard = expand_stack(guard, to + 5)?;
        let vma = guard.vma_lookup(to).ok_or(EINVAL)?;
        expect!(vma.start() == to && vma.end() == STACK + 2 * PAGE_SIZE);
        expect!(vma.pgoff() == Some(to / PAGE_SIZE) && vma.anon_pgoff() == to / PAGE_SIZE);
        let access = flags::READ | flags::WRITE;
        expect!(vma.flags() & access == access);
        drop(guard);
        mm.touch(to, 5)?;
        Ok(())
    }

    #[test]
    fn lock_comes_back_downgraded() -> Result {
        let mm = with_stack()?;
        let mut ctx = LockContext::new(&mm);
        let guard = expand_stack(ctx.mmap_read_lock(), STACK - 1)?;
        expect!(elsewhere_with(&mm, can_read)?);
        let taken = Event::new()?;
        let thread = Thread::spawn(write_lock(&mm, STACK - 1, &taken))?;
        expect!(eventually(|| guard.is_contended()));
        expect!(!taken.happened());
        expect!(guard.vma_lookup(STACK - 1).ok_or(EINVAL)?.start() == STACK - PAGE_SIZE);
        drop(guard);
        expect!(taken.wait());
        expect!(thread.join());

        // From one that is downgraded already.
        let guard = ctx.mmap_write_lock().downgrade();
        let guard = expand_stack(guard, STACK - PAGE_SIZE - 1)?;
        expect!(guard.vma_lookup(STACK).ok_or(EINVAL)?.start() == STACK - 2 * PAGE_SIZE);
        expect!(elsewhere_with(&mm, can_read)?);
        drop(guard);
        expect!(is_free(&mm)?);
        Ok(())
    }

    #[test]
    fn what_is_mapped_does_not_grow() -> Result {
        let mm = with_stack()?;
        let mut ctx = LockContext::new(&mm);
        let guard = expand_stack(ctx.mmap_read_lock(), STACK + PAGE_SIZE)?;
        expect!(guard.vma_lookup(STACK).ok_or(EINVAL)?.start() == STACK);
        drop(guard);
        let guard = expand_stack(ctx.mmap_read_lock(), BASE)?;
        expect!(guard.vma_lookup(BASE).ok_or(EINVAL)?.start() == BASE);
        drop(guard);
        expect!(is_free(&mm)?);
        Ok(())
    }

    #[test]
    fn only_a_stack_grows_and_not_too_far() -> Result {
        let mm = with_stack()?;
        let mut ctx = LockContext::new(&mm);
        // Below a VMA that is no stack; above the last one; further than `RLIMIT_STACK`, 8 MiB.
        let too_far = STACK - 0x100_0000;
        for addr in [UNMAPPED, STACK + 2 * PAGE_SIZE, too_far] {
            expect!(expand_stack(ctx.mmap_read_lock(), addr).err() == Some(EFAULT));
            expect!(is_free(&mm)?);
            expect!(ctx.stabilise(addr).err() == Some(EFAULT));
        }
        expect!(ctx.stabilise(STACK)?.start() == STACK);
        Ok(())
    }

    #[test]
    fn reader_holds_up_expansion() -> Result {
        #[cfg(CONFIG_PER_VMA_LOCK)]
        {
            let mm = with_stack()?;
            let mut ctx = LockContext::new(&mm);
            let Ok(vma) = ctx.lock_vma_under_rcu(STACK) else {
                return Err(EAGAIN);
            };
            let grown = Event::new()?;
            let thread = Thread::spawn({
                let (mm, grown) = (mm.share(), grown.clone());
                move || {
                    let mut ctx = LockContext::new(&mm);
                    if expand_stack(ctx.mmap_read_lock(), STACK - 1).is_ok() {
                        grown.happen();
                    }
                }
            })?;
            expect!(eventually(|| writer_waits(vma.as_ptr())));
            expect!(!grown.happened() && vma.start() == STACK);
            drop(vma);
            expect!(grown.wait());
            expect!(thread.join());
            expect!(ctx.stabilise(STACK)?.start() == STACK - PAGE_SIZE);
        }
        Ok(())
    }

    #[test]
    fn page_of_a_stack_is_got_without_growing_it() -> Result {
        let mm = with_stack()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_read_lock();
        // So far below that the kernel does not log what has changed here in Linux 6.5.
        let below = STACK - 32 * PAGE_SIZE;
        expect!(get_user_folio(&mut guard, STACK + PAGE_SIZE).is_ok());
        expect!(get_user_folio(&mut guard, below).err() == Some(EFAULT));
        expect!(guard.vma_lookup(STACK).ok_or(EINVAL)?.start() == STACK);
        drop(guard);
        // A fault does grow it.
        mm.touch(below, 1)?;
        expect!(ctx.stabilise(STACK)?.start() == below);
        Ok(())
    }

    #[test]
    fn waiting_is_killable() -> Result {
        let mm = with_stack()?;
        let mut ctx = LockContext::new(&mm);
        let guard = ctx.mmap_read_lock();
        let refused = Event::new()?;
        let thread = Thread::spawn({
            let (mm, refused) = (mm.share(), refused.clone());
            move || {
                allow_kill();
                let mut ctx = LockContext::new(&mm);
                let guard = ctx.mmap_read_lock();
                if expand_stack(guard, STACK - 1).err() == Some(EINTR) {
                    refused.happen();
                }
            }
        })?;
        expect!(eventually(|| guard.is_contended()));
        thread.kill();
        expect!(refused.wait());
        expect!(thread.join());
        expect!(guard.vma_lookup(STACK).ok_or(EINVAL)?.start() == STACK);
        drop(guard);
        expect!(is_free(&mm)?);
        Ok(())
    }
}
