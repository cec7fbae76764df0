// SPDX-License-Identifier: GPL-2.0-only
// DV-11: pages are taken back under the lock under which they are mapped.
//@driver: LockedObject

use mmguard::driver::{object::{LockedObject, VmObject}, ops::VmOperations, kind::Pages};
use mmguard::order::{level::{Below, LockLevel, VmaLock}, LockScope, NothingHeld};

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<VmaLock>;
}

fn revoke<T: VmOperations<Kind = Pages, Level = BufferLock>>(object: &VmObject<T>, nothing: &mut NothingHeld) {
    let mut state = object.lock(nothing);
    let (locked, mut scope) = state.split();
    let _ = locked;
    LockedObject::revoke(object, &mut scope, 0..1); //~ E0308
}
