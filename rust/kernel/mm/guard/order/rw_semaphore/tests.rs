// SPDX-License-Identifier: GPL-2.0-only

//! Tests of read/write semaphores of a user's own.

use crate::mm::guard::{
    order::{
        level::{
            Below,
            IRwsem,
            LockLevel,
            VmaLock, //
        },
        rw_semaphore::OrderedRwSemaphore,
        LockContext,
        LockScope,
        NothingHeld, //
    },
    tests::fixture::*, //
};
use kernel::{
    prelude::*,
    static_lock_class,
    sync::Arc, //
};

/// A lock that is taken before the mmap lock.
struct Outer;

impl LockLevel for Outer {
    type Place = Below<IRwsem>;
}

/// A lock that is taken under any lock of a VMA.
struct Inner;

impl LockLevel for Inner {
    type Place = Below<VmaLock>;
}

type Sem<L = Inner> = OrderedRwSemaphore<L, usize>;

/// Makes a semaphore. Each place that this is used at has a lock class of its own.
macro_rules! sem {
    ($level:ty) => {
        Arc::pin_init(
            Sem::<$level>::new(0, c"mmguard_test", static_lock_class!()),
            GFP_KERNEL,
        )
    };
}

/// What another task does with the semaphore.
type Take = fn(&Sem) -> Result<usize>;

fn read(sem: &Sem) -> Result<usize> {
    Ok(*sem.down_read(&mut NothingHeld::new()))
}

fn read_killable(sem: &Sem) -> Result<usize> {
    Ok(*sem.down_read_killable(&mut NothingHeld::new())?)
}

fn read_trylock(sem: &Sem) -> Result<usize> {
    let mut nothing = NothingHeld::new();
    let held = sem.down_read_trylock(&mut nothing).ok_or(EBUSY)?;
    Ok(*held)
}

fn write(sem: &Sem) -> Result<usize> {
    *sem.down_write(&mut NothingHeld::new()) += 1;
    Ok(0)
}

fn write_killable(sem: &Sem) -> Result<usize> {
    *sem.down_write_killable(&mut NothingHeld::new())? += 1;
    Ok(0)
}

fn write_trylock(sem: &Sem) -> Result<usize> {
    let mut nothing = NothingHeld::new();
    let mut held = sem.down_write_trylock(&mut nothing).ok_or(EBUSY)?;
    *held += 1;
    Ok(0)
}

/// Lets another task take the semaphore. The event is that this came to the end that is expected.
fn take_in_thread(sem: &Arc<Sem>, take: Take, expected: Result<usize>) -> Result<(Event, Thread)> {
    let ended = Event::new()?;
    let thread = Thread::spawn({
        let (sem, ended) = (sem.clone(), ended.clone());
        move || {
            allow_kill();
            if take(&sem) == expected {
                ended.happen();
            }
        }
    })?;
    Ok((ended, thread))
}

/// Sees another task wait for the semaphore, until it is released.
fn waits<G>(sem: &Arc<Sem>, held: G, take: Take, expected: usize) -> Result {
    let (ended, thread) = take_in_thread(sem, take, Ok(expected))?;
    expect!(eventually(|| is_awaited(sem.sem.get())));
    expect!(!ended.happened());
    drop(held);
    expect!(ended.wait());
    expect!(thread.join());
    Ok(())
}

/// Sees another task not wait for the semaphore, with the result that is expected.
fn goes_on<G>(sem: &Arc<Sem>, held: G, take: Take, expected: Result<usize>) -> Result {
    let (ended, thread) = take_in_thread(sem, take, expected)?;
    expect!(ended.wait());
    expect!(thread.join());
    drop(held);
    Ok(())
}

/// Sees another task wait for the semaphore, and be killed.
fn interrupted<G>(sem: &Arc<Sem>, held: G, take: Take) -> Result {
    let (ended, thread) = take_in_thread(sem, take, Err(EINTR))?;
    expect!(eventually(|| is_awaited(sem.sem.get())));
    thread.kill();
    expect!(ended.wait());
    expect!(thread.join());
    drop(held);
    // Nothing was left held.
    expect!(sem.down_write_trylock(&mut NothingHeld::new()).is_some());
    Ok(())
}

#[kunit_tests(mmguard_own_rw_semaphore)]
mod suite {
    use super::*;

    #[test]
    fn read_shares_with_read() -> Result {
        let (sem, mut nothing) = (sem!(Inner)?, NothingHeld::new());
        goes_on(&sem, sem.down_read(&mut nothing), read, Ok(0))?;
        goes_on(&sem, sem.down_read(&mut nothing), read_killable, Ok(0))?;
        goes_on(&sem, sem.down_read(&mut nothing), read_trylock, Ok(0))
    }

    #[test]
    fn read_excludes_write() -> Result {
        let (sem, mut nothing) = (sem!(Inner)?, NothingHeld::new());
        waits(&sem, sem.down_read(&mut nothing), write, 0)?;
        expect!(*sem.down_read(&mut nothing) == 1);
        Ok(())
    }

    #[test]
    fn write_excludes_read() -> Result {
        let (sem, mut nothing) = (sem!(Inner)?, NothingHeld::new());
        let mut held = sem.down_write(&mut nothing);
        *held = 5;
        waits(&sem, held, read, 5)
    }

    #[test]
    fn write_excludes_write() -> Result {
        let (sem, mut nothing) = (sem!(Inner)?, NothingHeld::new());
        waits(&sem, sem.down_write(&mut nothing), write, 0)?;
        expect!(*sem.down_read(&mut nothing) == 1);
        Ok(())
    }

    #[test]
    fn try_forms_do_not_wait() -> Result {
        let (sem, mut nothing) = (sem!(Inner)?, NothingHeld::new());
        goes_on(&sem, (), write_trylock, Ok(0))?;
        let held = sem.down_read_trylock(&mut nothing).ok_or(EINVAL)?;
        expect!(*held == 1);
        goes_on(&sem, held, write_trylock, Err(EBUSY))?;
        for take in [read_trylock as Take, write_trylock] {
            let held = sem.down_write_trylock(&mut nothing).ok_or(EINVAL)?;
            goes_on(&sem, held, take, Err(EBUSY))?;
        }
        // Nothing was written meanwhile, and nothing was left held.
        expect!(*sem.down_write_trylock(&mut nothing).ok_or(EINVAL)? == 1);
        Ok(())
    }

    #[test]
    fn killable_forms_lock() -> Result {
        let (sem, mut nothing) = (sem!(Inner)?, NothingHeld::new());
        let mut held = sem.down_write_killable(&mut nothing)?;
        *held = 5;
        waits(&sem, held, read_killable, 5)?;
        let held = sem.down_read_killable(&mut nothing)?;
        expect!(*held == 5);
        waits(&sem, held, write_killable, 0)?;
        expect!(*sem.down_read(&mut nothing) == 6);
        Ok(())
    }

    #[test]
    fn read_killable_is_interrupted() -> Result {
        let (sem, mut nothing) = (sem!(Inner)?, NothingHeld::new());
        interrupted(&sem, sem.down_write(&mut nothing), read_killable)
    }

    #[test]
    fn write_killable_is_interrupted() -> Result {
        let (sem, mut nothing) = (sem!(Inner)?, NothingHeld::new());
        interrupted(&sem, sem.down_read(&mut nothing), write_killable)
    }

    #[test]
    fn downgraded_shares_with_read() -> Result {
        let (sem, mut nothing) = (sem!(Inner)?, NothingHeld::new());
        let mut held = sem.down_write(&mut nothing);
        *held = 5;
        goes_on(&sem, held.downgrade(), read, Ok(5))?;
        // It was released once.
        expect!(sem.down_write_trylock(&mut nothing).is_some());
        Ok(())
    }

    #[test]
    fn downgraded_excludes_write() -> Result {
        let (sem, mut nothing) = (sem!(Inner)?, NothingHeld::new());
        let held = sem.down_write(&mut nothing);
        let (ended, thread) = take_in_thread(&sem, write, Ok(0))?;
        expect!(eventually(|| is_awaited(sem.sem.get())));
        // The writer that waits is not let in by the downgrade.
        let held = held.downgrade();
        expect!(is_awaited(sem.sem.get()));
        expect!(!ended.happened());
        expect!(*held == 0);
        drop(held);
        expect!(ended.wait());
        expect!(thread.join());
        expect!(*sem.down_read(&mut nothing) == 1);
        Ok(())
    }

    #[test]
    fn lock_in_the_order() -> Result {
        let mm = TestMm::new()?;
        let (outer, inner) = (sem!(Outer)?, sem!(Inner)?);
        let mut nothing = NothingHeld::new();
        let mut held = outer.down_write(&mut nothing);
        // The data changes while a lock is held under its own.
        let (data, mut scope) = held.split_mut();
        let mut inside = inner.down_write(&mut scope);
        *data += 1;
        *inside += *data;
        drop(inside);
        // Under the semaphore the mmap lock is taken, and another semaphore under that.
        let mut held = held.downgrade();
        let (data, mut scope) = held.split();
        let mut ctx = scope.context(&mm);
        let mut vma = ctx.stabilise(BASE)?;
        expect!(*inner.down_read(&mut vma) == *data);
        drop(vma);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        *inner.down_write(&mut vma) += 1;
        drop(guard);
        expect!(*held == 1);
        drop(held);
        expect!(*inner.down_read(&mut LockContext::new(&mm)) == 2);
        Ok(())
    }
}
