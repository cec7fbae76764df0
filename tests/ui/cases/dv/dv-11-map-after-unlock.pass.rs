// SPDX-License-Identifier: GPL-2.0-only
// DV-11: a page is mapped while the object is locked.
//@check-pass

use mmguard::driver::{fault::*, kind::Pages, object::ObjectGuard, ops::VmOperations, page::UserPage};
use mmguard::order::level::{Below, LockLevel, VmaLock};

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<VmaLock>;
}

fn fault<'f, T>(fault: Fault<'f, T>, page: &UserPage) -> FaultResult<'f>
where
    T: VmOperations<Kind = Pages, Level = BufferLock, State = ()>,
{
    let (place, mut scope) = fault.into_place();
    let object = place.object();
    let mut state = object.lock(&mut scope);
    let (_, locked, mut scope) = ObjectGuard::split_mut(&mut state);
    place.map(locked, &mut scope, page)
}
