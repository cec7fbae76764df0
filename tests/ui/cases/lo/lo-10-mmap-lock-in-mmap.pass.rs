// SPDX-License-Identifier: GPL-2.0-only
// LO-10: C holds the mmap lock while a VMA is set up.
//@check-pass

use kernel::{mm::{virt::VmaNew, MmWithUser}, prelude::*, sync::ArcBorrow};
use mmguard::driver::{object::VmObject, ops::VmOperations, setup::Setup};
use mmguard::order::{level::{Below, LockLevel, VmaLock}, LockScope};

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<VmaLock>;
}

type Object<'a, T> = ArcBorrow<'a, VmObject<T>>;

fn mmap<T: VmOperations<Level = BufferLock>>(object: Object<'_, T>, vma: &VmaNew, mm: &MmWithUser) -> Result {
    let mut setup = Setup::new(vma);
    drop(object.lock(&mut setup));
    drop(object.lock(&mut setup.context(mm)));
    setup.map(object)
}
