// SPDX-License-Identifier: GPL-2.0-only
// CB-4: what was taken under the lock of a fault does not outlive it.
//@driver: Fault

use mmguard::driver::{fault::*, object::VmObject, ops::VmOperations};
use mmguard::order::level::{Below, LockLevel, VmaLock};

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<VmaLock>;
}

fn fault<'f, T: VmOperations<Level = BufferLock>>(mut fault: Fault<'f, T>, object: &VmObject<T>) -> FaultResult<'f> {
    let state = VmObject::lock(object, &mut fault);
    let unlocked = Fault::unlock(fault); //~ E0505
    drop(state);
    unlocked.map_err(|_| FaultError::BusError)?.retry()
}
