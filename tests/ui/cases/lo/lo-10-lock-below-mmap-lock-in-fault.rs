// SPDX-License-Identifier: GPL-2.0-only
// LO-10: a lock between the mmap lock and the VMA lock is not taken in a fault.
//@lock: VmaLock

use mmguard::driver::{fault::WriteFault, ops::VmOperations};
use mmguard::order::level::{Below, MmapLock, LockLevel, VmaLock};

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<MmapLock>;
}

fn page_mkwrite<T: VmOperations<Level = BufferLock>>(mut fault: WriteFault<'_, T>, _: VmaLock) {
    let object = fault.object();
    drop(object.lock(&mut fault)); //~ E0277
}
