// SPDX-License-Identifier: GPL-2.0-only
// BUG-9: a VMA is known for as long as it is locked: later another one may be there.
//@lock: StableGuard

use kernel::{page::PAGE_SIZE, prelude::*};
use mmguard::driver::{object::VmObject, ops::VmOperations};
use mmguard::order::{level::{Below, LockLevel, VmaLock}, LockScope};
use mmguard::vma::stable::StableGuard;

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<VmaLock>;
}

fn zap<T: VmOperations<Level = BufferLock>>(object: &VmObject<T>, mut vma: StableGuard<'_>, at: usize) -> Result {
    let (held, mut scope) = StableGuard::split(&mut vma);
    let mut state = object.lock(&mut scope);
    let (locked, mut scope) = state.split();
    let own = locked.own(held).ok_or(EFAULT)?;
    drop(vma); //~ E0505
    own.zap(&mut scope, at..at + PAGE_SIZE)
}
