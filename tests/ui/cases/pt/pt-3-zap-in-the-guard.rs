// SPDX-License-Identifier: GPL-2.0-only
// PT-3: to unmap pages sleeps and takes locks: it has the scope for itself.
//@driver: ObjectGuard

use kernel::prelude::*;
use mmguard::driver::{object::ObjectGuard, ops::VmOperations};
use mmguard::{order::level::{Below, LockLevel, VmaLock}, vma::{lock::VmaRead, Vma}};

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<VmaLock>;
}

fn zap<T>(mut state: ObjectGuard<'_, T>, vma: &Vma<'_, VmaRead>) -> Result
where
    T: VmOperations<Level = BufferLock, State = ()>,
{
    let (_, locked, mut scope) = ObjectGuard::split_mut(&mut state);
    let own = locked.own(vma).ok_or(EFAULT)?;
    own.zap(&mut scope, 0..0)?;
    own.zap(&mut state, 0..0) //~ E0499
}
