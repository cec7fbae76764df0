// SPDX-License-Identifier: GPL-2.0-only
// DV-11: reclaim may run under any lock, so pages are taken back there without a scope.
//@driver: ObjectInReclaim

use mmguard::driver::{kind::Pages, object::VmObject, ops::VmOperations, shrinker::ObjectInReclaim};
use mmguard::order::level::{Below, LockLevel, VmaLock};

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<VmaLock>;
}

fn scan<T>(object: &mut ObjectInReclaim<'_, T>, other: &VmObject<T>)
where
    T: VmOperations<Level = BufferLock, Kind = Pages>,
{
    object.revoke(0..1);
    drop(other.lock(object)); //~ E0277
}
