// SPDX-License-Identifier: GPL-2.0-only
// LO-10: the lock of an object is taken once in a chain.
//@lock: OrderedMutex

use mmguard::driver::{object::{ObjectGuard, VmObject}, ops::VmOperations};
use mmguard::order::{level::{Below, FolioLock, LockLevel, VmaLock}, mutex::OrderedMutex};

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<VmaLock>;
}

struct PageLock;

impl LockLevel for PageLock {
    type Place = Below<FolioLock>;
}

fn lock<T: VmOperations<Level = BufferLock>>(mut state: ObjectGuard<'_, T>, object: &VmObject<T>, page: &OrderedMutex<PageLock, ()>) {
    drop(page.lock(&mut state));
    drop(object.lock(&mut state)); //~ E0277
}
