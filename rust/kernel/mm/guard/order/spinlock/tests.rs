// SPDX-License-Identifier: GPL-2.0-only

//! Tests of spinlocks of a user's own.

use crate::{
    bindings,
    mm::guard::{
        order::{
            level::{
                Below,
                LockLevel,
                MmapLock,
                VmaLock, //
            },
            mutex::OrderedMutex,
            spinlock::OrderedSpinLock,
            LockContext,
            NothingHeld, //
        },
        tests::fixture::*, //
    },
};
use core::ptr::from_ref;
use kernel::{
    new_mutex,
    new_spinlock,
    prelude::*,
    sync::Arc, //
};

/// A lock that is taken under the mmap lock.
struct Outer;

impl LockLevel for Outer {
    type Place = Below<MmapLock>;
}

/// A lock that is taken under any lock of a VMA.
struct Inner;

impl LockLevel for Inner {
    type Place = Below<VmaLock>;
}

type Spin = OrderedSpinLock<Inner, usize>;

/// Makes a spinlock, of a lock class of its own.
fn spinlock() -> Result<Arc<Spin>> {
    Arc::pin_init(Spin::new(new_spinlock!(0)), GFP_KERNEL)
}

/// The spinlock of C.
fn raw(lock: &Spin) -> SpinLock {
    // The kernel crate's lock begins with it.
    SpinLock::from_raw(
        from_ref(&lock.spinlock)
            .cast_mut()
            .cast::<bindings::spinlock_t>(),
    )
}

#[kunit_tests(mmguard_own_spinlock)]
mod suite {
    use super::*;

    #[test]
    fn lock_under_each_scope() -> Result {
        let mm = TestMm::new()?;
        let lock = spinlock()?;
        *lock.lock(&mut NothingHeld::new()) += 1;
        let mut ctx = LockContext::new(&mm);
        *lock.lock(&mut ctx) += 1;
        let mut guard = ctx.mmap_read_lock();
        *lock.lock(&mut guard) += 1;
        drop(guard);
        let mut vma = ctx.stabilise(BASE)?;
        *lock.lock(&mut vma) += 1;
        drop(vma);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        expect!(*lock.lock(&mut vma) == 4);
        Ok(())
    }

    #[test]
    fn lock_beside_the_data_of_another() -> Result {
        let outer = Arc::pin_init(OrderedMutex::<Outer, usize>::new(new_mutex!(1)), GFP_KERNEL)?;
        let lock = spinlock()?;
        let mut nothing = NothingHeld::new();
        let mut guard = outer.lock(&mut nothing);
        let (data, mut scope) = guard.split_mut();
        let mut held = lock.lock(&mut scope);
        *data += 1;
        *held = *data;
        drop(held);
        expect!(*guard == 2);
        expect!(*lock.lock(&mut guard) == 2);
        Ok(())
    }

    #[test]
    fn lock_is_held_until_the_guard_goes() -> Result {
        let lock = spinlock()?;
        let mut nothing = NothingHeld::new();
        let before = LocksHeld::count();
        let held = lock.lock(&mut nothing);
        let (mine, counted) = (raw(&lock).is_mine(), before.and(1));
        drop(held);
        expect!(mine && counted);
        expect!(raw(&lock).is_not_mine() && before.and(0));
        Ok(())
    }

    #[test]
    fn try_lock_does_not_wait() -> Result {
        let lock = spinlock()?;
        let (mut nothing, mut other) = (NothingHeld::new(), NothingHeld::new());
        let mut held = lock.try_lock(&mut nothing).ok_or(EINVAL)?;
        *held += 1;
        // On one processor a try that fails is a bug, which C reports.
        let refused = !SMP || lock.try_lock(&mut other).is_none();
        drop(held);
        expect!(refused);
        expect!(lock.try_lock(&mut other).is_some_and(|held| *held == 1));
        Ok(())
    }

    #[test]
    fn lock_excludes() -> Result {
        let lock = spinlock()?;
        let contender = Contender::new(raw(&lock), {
            let lock = lock.clone();
            move || *lock.lock(&mut NothingHeld::new()) += 1
        })?;
        let mut nothing = NothingHeld::new();
        let mut held = lock.lock(&mut nothing);
        let kept_out = contender.is_kept_out();
        *held = 1;
        drop(held);
        expect!(kept_out);
        expect!(contender.gets_in());
        expect!(*lock.lock(&mut nothing) == 2);
        Ok(())
    }
}
