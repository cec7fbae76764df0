// SPDX-License-Identifier: GPL-2.0-only
// LO-10: what is held outside of a fault is not known, when its lock was given up.
//@check-pass

use mmguard::driver::{fault::UnlockedFault, object::VmObject, ops::VmOperations};
use mmguard::order::level::{Below, LockLevel, MmapLock};

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<MmapLock>;
}

fn wait<T: VmOperations<Level = BufferLock>>(mut unlocked: UnlockedFault<'_, T>, _: MmapLock) {
    let object = unlocked.object();
    drop(VmObject::lock(&object, &mut unlocked));
}
