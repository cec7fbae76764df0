// SPDX-License-Identifier: GPL-2.0-only
// LO-5: the scope under a lock of a user's own ends with the lock.
//@check-pass

use mmguard::driver::{object::{ObjectGuard, VmObject}, ops::VmOperations};
use mmguard::order::level::{PrivateLock, SwapLock};
use mmguard::order::{mutex::OrderedMutex, rw_semaphore::OrderedRwSemaphore, NothingHeld};

type Later = OrderedMutex<PrivateLock, usize>;

fn mutex(nothing: &mut NothingHeld, own: &OrderedMutex<SwapLock, usize>, later: &Later) {
    let mut guard = own.lock(nothing);
    let (_, mut scope) = guard.split_mut();
    drop(later.lock(&mut scope));
    drop(guard);
}

fn semaphore(nothing: &mut NothingHeld, own: &OrderedRwSemaphore<SwapLock, usize>, later: &Later) {
    let mut guard = own.down_write(nothing);
    let (_, mut scope) = guard.split_mut();
    drop(later.lock(&mut scope));
    drop(guard);
}

fn object<T>(nothing: &mut NothingHeld, object: &VmObject<T>, later: &Later)
where
    T: VmOperations<Level = SwapLock, State = ()>,
{
    let mut guard = object.lock(nothing);
    let (_, _, mut scope) = ObjectGuard::split_mut(&mut guard);
    drop(later.lock(&mut scope));
    drop(guard);
}
