// SPDX-License-Identifier: GPL-2.0-only
// LO-10: C holds the VMA lock or the mmap lock in a fault.
//@check-pass

use kernel::mm::MmWithUser;
use mmguard::driver::{fault::Fault, object::VmObject, ops::VmOperations};
use mmguard::order::{level::{Below, LockLevel, VmaLock}, LockScope};

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<VmaLock>;
}

fn wait<T: VmOperations<Level = BufferLock>>(fault: &mut Fault<'_, T>, object: &VmObject<T>, mm: &MmWithUser) {
    drop(object.lock(fault));
    let mut ctx = fault.context(mm);
    drop(object.lock(&mut ctx));
}
