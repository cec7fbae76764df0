// SPDX-License-Identifier: GPL-2.0-only
// DV-11: to take pages back waits for the i_mmap lock, in reclaim as elsewhere.
//@check-pass

use mmguard::driver::{kind::Pages, ops::VmOperations, shrinker::ObjectInReclaim};
use mmguard::order::level::{Below, LockLevel, VmaLock};

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<VmaLock>;
}

fn scan<T>(object: &ObjectInReclaim<'_, T>)
where
    T: VmOperations<Level = BufferLock, Kind = Pages>,
{
    object.revoke(0..1);
}
