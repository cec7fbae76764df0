// SPDX-License-Identifier: GPL-2.0-only
// AQ-23: a guard that is not kept releases the lock at once; leaking it is legal.
//@check-pass

use mmguard::driver::{object::VmObject, ops::VmOperations};
use mmguard::order::level::PrivateLock;
use mmguard::order::{mutex::OrderedMutex, rw_semaphore::OrderedRwSemaphore, spinlock::OrderedSpinLock, NothingHeld};

fn mutex(nothing: &mut NothingHeld, own: &OrderedMutex<PrivateLock, usize>) {
    drop(own.lock(nothing));
    drop(own.try_lock(nothing));
}

fn spinlock(nothing: &mut NothingHeld, own: &OrderedSpinLock<PrivateLock, usize>) {
    drop(own.lock(nothing));
    drop(own.try_lock(nothing));
}

fn semaphore(nothing: &mut NothingHeld, own: &OrderedRwSemaphore<PrivateLock, usize>) {
    drop(own.down_read(nothing));
    drop(own.down_read_trylock(nothing));
    drop(own.down_write(nothing));
    drop(own.down_write_trylock(nothing));
}

fn object<T: VmOperations<Level = PrivateLock>>(nothing: &mut NothingHeld, object: &VmObject<T>) {
    drop(object.lock(nothing));
    drop(object.try_lock(nothing));
}
