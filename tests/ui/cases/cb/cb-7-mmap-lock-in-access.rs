// SPDX-License-Identifier: GPL-2.0-only
// CB-7: C holds the mmap lock in `access`.
//@lock: MmapLock

use kernel::{mm::MmWithUser, sync::ArcBorrow};
use mmguard::driver::{object::VmObject, ops::{Remote, VmOperations}};
use mmguard::order::{level::{Below, LockLevel, VmaLock}, InnerScope, LockScope};

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<VmaLock>;
}

type Object<'a, T> = ArcBorrow<'a, VmObject<T>>;

fn access<T>(object: Object<'_, T>, _: usize, _: Remote<'_>, mut scope: InnerScope<'_, VmaLock>)
where
    T: VmOperations<Level = BufferLock> + AsRef<MmWithUser>,
{
    let mut ctx = scope.context(object.as_ref());
    drop(ctx.mmap_read_lock()); //~ E0277
}
