// SPDX-License-Identifier: GPL-2.0-only
// CB-3: RCU is held in `map_pages`, which is no place for a lock that sleeps.
//@check-pass

use mmguard::driver::{fault::{FaultAround, WriteFault}, ops::VmOperations};
use mmguard::order::level::{Below, LockLevel, VmaLock};

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<VmaLock>;
}

fn map_pages<T: VmOperations<Level = BufferLock>>(around: FaultAround<'_, T>) {
    let object = around.object();
    let _ = (around.pages(), object);
}

fn page_mkwrite<T: VmOperations<Level = BufferLock>>(mut fault: WriteFault<'_, T>) {
    let object = fault.object();
    drop(object.try_lock(&mut fault));
}
