// SPDX-License-Identifier: GPL-2.0-only
// AQ-23: a guard that is not kept releases the lock at once; leaking it is legal.
//@lock: OrderedMutexGuard

use mmguard::driver::{object::VmObject, ops::VmOperations};
use mmguard::order::level::PrivateLock;
use mmguard::order::{mutex::OrderedMutex, rw_semaphore::OrderedRwSemaphore, spinlock::OrderedSpinLock, NothingHeld};

fn mutex(nothing: &mut NothingHeld, own: &OrderedMutex<PrivateLock, usize>) {
    own.lock(nothing); //~ unused_must_use
    own.try_lock(nothing); //~ unused_must_use
}

fn spinlock(nothing: &mut NothingHeld, own: &OrderedSpinLock<PrivateLock, usize>) {
    own.lock(nothing); //~ unused_must_use
    own.try_lock(nothing); //~ unused_must_use
}

fn semaphore(nothing: &mut NothingHeld, own: &OrderedRwSemaphore<PrivateLock, usize>) {
    own.down_read(nothing); //~ unused_must_use
    own.down_read_trylock(nothing); //~ unused_must_use
    own.down_write(nothing); //~ unused_must_use
    own.down_write_trylock(nothing); //~ unused_must_use
}

fn object<T: VmOperations<Level = PrivateLock>>(nothing: &mut NothingHeld, object: &VmObject<T>) {
    object.lock(nothing); //~ unused_must_use
    object.try_lock(nothing); //~ unused_must_use
}
