// SPDX-License-Identifier: GPL-2.0-only
// DV-2: a VMA is known as one of an object for as long as that is locked.
//@check-pass

use kernel::{page::PAGE_SIZE, prelude::*};
use mmguard::driver::{object::VmObject, ops::VmOperations, own::OwnVma};
use mmguard::order::{level::{Below, LockLevel, VmaLock}, LockScope};
use mmguard::vma::stable::{StableGuard, VmaReadOrRead};

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<VmaLock>;
}

fn size<T: VmOperations<Level = BufferLock>>(object: &VmObject<T>, mut vma: StableGuard<'_>) -> Result<usize> {
    let (held, mut scope) = vma.split();
    let mut state = object.lock(&mut scope);
    let own: OwnVma<'_, VmaReadOrRead, T> = state.split().0.own(held).ok_or(EFAULT)?;
    Ok((own.vma().end() - own.vma().start()) / PAGE_SIZE)
}
