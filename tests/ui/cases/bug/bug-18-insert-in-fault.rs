// SPDX-License-Identifier: GPL-2.0-only
// BUG-18: to insert a page, which fails if one is there, is no answer to a fault.
//@driver: Mapped

use mmguard::driver::{fault::*, kind::Pages, object::ObjectGuard, ops::VmOperations, page::UserPage};
use mmguard::{order::level::{Below, LockLevel, VmaLock}, vma::{stable::VmaReadOrRead, Vma}};

struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<VmaLock>;
}

fn map<'f, T>(place: Place<'f, T>, vma: &Vma<'_, VmaReadOrRead>, mut state: ObjectGuard<'_, T>, page: &UserPage) -> FaultResult<'f>
where
    T: VmOperations<Kind = Pages, Level = BufferLock, State = ()>,
{
    let (_, locked, mut scope) = state.split_mut();
    let own = locked.own(vma).ok_or(FaultError::BusError)?;
    let mapped = own.insert(&mut scope, 0, page);
    Ok(mapped?) //~ E0308
}
