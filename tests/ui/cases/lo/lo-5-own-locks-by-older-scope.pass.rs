// SPDX-License-Identifier: GPL-2.0-only
// LO-5: a lock of a user's own is not taken in a scope that is older than a lock after it.
//@check-pass

use kernel::prelude::*;
use mmguard::order::{level::PrivateLock, mutex::OrderedMutex, rw_semaphore::OrderedRwSemaphore, spinlock::OrderedSpinLock, NothingHeld};

type Mutex = OrderedMutex<PrivateLock, usize>;
type Spin = OrderedSpinLock<PrivateLock, usize>;
type Semaphore = OrderedRwSemaphore<PrivateLock, usize>;

fn mutex_try(nothing: &mut NothingHeld, a: &Mutex, b: &Mutex) -> Option<usize> {
    let try_lock = *a.try_lock(nothing)?;
    Some(try_lock + *b.try_lock(nothing)?)
}

fn spin_try(nothing: &mut NothingHeld, a: &Spin, b: &Spin) -> Option<usize> {
    let try_lock = *a.try_lock(nothing)?;
    Some(try_lock + *b.try_lock(nothing)?)
}

fn read_killable(nothing: &mut NothingHeld, a: &Semaphore, b: &Semaphore) -> Result<usize> {
    let down_read_killable = *a.down_read_killable(nothing)?;
    Ok(down_read_killable + *b.down_read_killable(nothing)?)
}

fn read_try(nothing: &mut NothingHeld, a: &Semaphore, b: &Semaphore) -> Option<usize> {
    let down_read_trylock = *a.down_read_trylock(nothing)?;
    Some(down_read_trylock + *b.down_read_trylock(nothing)?)
}

fn write(nothing: &mut NothingHeld, a: &Semaphore, b: &Semaphore) -> Option<usize> {
    let down_write = *a.down_write(nothing);
    Some(down_write + *b.down_write(nothing))
}

fn write_killable(nothing: &mut NothingHeld, a: &Semaphore, b: &Semaphore) -> Result<usize> {
    let down_write_killable = *a.down_write_killable(nothing)?;
    Ok(down_write_killable + *b.down_write_killable(nothing)?)
}

fn write_try(nothing: &mut NothingHeld, a: &Semaphore, b: &Semaphore) -> Option<usize> {
    let down_write_trylock = *a.down_write_trylock(nothing)?;
    Some(down_write_trylock + *b.down_write_trylock(nothing)?)
}
