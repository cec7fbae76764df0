// SPDX-License-Identifier: GPL-2.0-only
// LO-10: a lock between the mmap lock and the VMA lock is not taken in a fault.
//@check-pass

use mmguard::driver::{fault::WriteFault, ops::VmOperations};
use mmguard::order::level::{Below, LockLevel, VmaLock};

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<VmaLock>;
}

fn page_mkwrite<T: VmOperations<Level = BufferLock>>(mut fault: WriteFault<'_, T>, _: VmaLock) {
    let object = fault.object();
    drop(object.lock(&mut fault));
}
