// SPDX-License-Identifier: GPL-2.0-only
// CB-1: C holds the mmap lock in `close`.
//@lock: MmapLock

use core::ops::Range;
use kernel::{mm::MmWithUser, sync::ArcBorrow};
use mmguard::driver::{object::VmObject, ops::VmOperations};
use mmguard::order::{level::{Below, LockLevel, VmaLock}, InnerScope, LockScope};

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<VmaLock>;
}

type Object<'a, T> = ArcBorrow<'a, VmObject<T>>;

fn close<T>(object: Object<'_, T>, _: Range<usize>, mut scope: InnerScope<'_, VmaLock>)
where
    T: VmOperations<Level = BufferLock> + AsRef<MmWithUser>,
{
    let mut ctx = scope.context(object.as_ref());
    drop(ctx.mmap_read_lock()); //~ E0277
}
