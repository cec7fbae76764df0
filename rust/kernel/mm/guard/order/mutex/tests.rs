// SPDX-License-Identifier: GPL-2.0-only

//! Tests of locks of a user's own, and of their place in the order.

use crate::mm::guard::{
    order::{
        level::{
            After,
            AnonVmaRwsem,
            Below,
            FolioLock,
            IMmapRwsem,
            IRwsem,
            LockLevel,
            MmapLock,
            PageTableLock,
            Place,
            Unlocked,
            VmaLock,
            LEVELS, //
        },
        mutex::OrderedMutex,
        LockContext,
        LockScope,
        NothingHeld, //
    },
    tests::fixture::*, //
};
use kernel::{
    new_mutex,
    prelude::*,
    sync::Arc, //
};

/// A lock that is taken before the mmap lock.
struct Outer;

impl LockLevel for Outer {
    type Place = Below<IRwsem>;
}

/// A lock that is taken under the mmap lock.
struct Inner;

impl LockLevel for Inner {
    type Place = Below<MmapLock>;
}

/// A lock that is taken under any lock of a VMA.
struct Innermost;

impl LockLevel for Innermost {
    type Place = Below<VmaLock>;
}

/// Makes a mutex. Each place that this is used at has a lock class of its own.
macro_rules! mutex {
    ($level:ty) => {
        Arc::pin_init(
            OrderedMutex::<$level, usize>::new(new_mutex!(0)),
            GFP_KERNEL,
        )
    };
}

/// The depths of two levels of which the second may be taken under the first.
fn depths<A: LockLevel, B: After<A>>() -> (usize, usize) {
    (A::Place::DEPTH, B::Place::DEPTH)
}

#[kunit_tests(mmguard_own_lock)]
mod suite {
    use super::*;

    #[test]
    fn lock_under_the_mmap_lock() -> Result {
        let mm = TestMm::new()?;
        let (inner, innermost) = (mutex!(Inner)?, mutex!(Innermost)?);
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_read_lock();
        *inner.lock(&mut guard) += 1;
        let mut held = inner.lock(&mut guard);
        expect!(*held == 1);
        // The data changes while a lock is held under its own.
        let (data, mut scope) = held.split_mut();
        let mut inside = innermost.lock(&mut scope);
        *data += 1;
        *inside += *data - 1;
        drop(inside);
        expect!(*held == 2);
        drop(held);
        drop(guard);
        let mut vma = ctx.stabilise(BASE)?;
        *innermost.lock(&mut vma) += 1;
        drop(vma);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        expect!(*innermost.lock(&mut vma) == 2);
        Ok(())
    }

    #[test]
    fn lock_above_the_mmap_lock() -> Result {
        let mm = TestMm::new()?;
        let (outer, inner) = (mutex!(Outer)?, mutex!(Inner)?);
        let mut nothing = NothingHeld::new();
        let mut held = outer.lock(&mut nothing);
        *held += 1;
        let mut ctx = held.context(&mm);
        expect!(ctx.stabilise(BASE)?.start() == BASE);
        let mut guard = ctx.mmap_write_lock();
        expect!(guard.vma_start_write(BASE)?.start() == BASE);
        *inner.lock(&mut guard.downgrade()) += 1;
        expect!(*held == 1);
        Ok(())
    }

    #[test]
    fn try_lock_does_not_wait() -> Result {
        let outer = mutex!(Outer)?;
        let (mut nothing, mut other) = (NothingHeld::new(), NothingHeld::new());
        let mut held = outer.try_lock(&mut nothing).ok_or(EINVAL)?;
        *held += 1;
        expect!(outer.try_lock(&mut other).is_none());
        drop(held);
        expect!(outer.try_lock(&mut other).is_some_and(|held| *held == 1));
        Ok(())
    }

    #[test]
    fn lock_excludes() -> Result {
        let mm = TestMm::new()?;
        let inner = mutex!(Inner)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_read_lock();
        let mut held = inner.lock(&mut guard);
        let (begun, taken) = (Event::new()?, Event::new()?);
        let thread = Thread::spawn({
            let (mm, inner, begun, taken) =
                (mm.share(), inner.clone(), begun.clone(), taken.clone());
            move || {
                let mut ctx = LockContext::new(&mm);
                let mut guard = ctx.mmap_read_lock();
                begun.happen();
                let mut held = inner.lock(&mut guard);
                // What the other task has done under the lock, all of it.
                if *held == 2 {
                    *held = 3;
                    taken.happen();
                }
            }
        })?;
        expect!(begun.wait());
        *held = 1;
        kernel::time::delay::fsleep(kernel::time::Delta::from_millis(100));
        expect!(!taken.happened());
        *held = 2;
        drop(held);
        expect!(thread.join());
        expect!(taken.happened());
        expect!(*inner.lock(&mut guard) == 3);
        Ok(())
    }

    #[test]
    fn numbers_agree_with_the_relation() -> Result {
        let pairs = [
            depths::<Unlocked, IRwsem>(),
            depths::<IRwsem, Outer>(),
            depths::<Outer, MmapLock>(),
            depths::<MmapLock, Inner>(),
            depths::<Inner, VmaLock>(),
            depths::<VmaLock, Innermost>(),
            depths::<Innermost, FolioLock>(),
            depths::<FolioLock, IMmapRwsem>(),
            depths::<IMmapRwsem, AnonVmaRwsem>(),
            depths::<AnonVmaRwsem, PageTableLock>(),
            depths::<Unlocked, PageTableLock>(),
        ];
        for (outer, inner) in pairs {
            expect!(outer < inner);
        }
        for pair in LEVELS.windows(2) {
            expect!(pair[0].1 < pair[1].1);
        }
        expect!(LEVELS[0].0 == "Unlocked");
        Ok(())
    }
}
