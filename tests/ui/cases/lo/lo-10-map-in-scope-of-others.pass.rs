// SPDX-License-Identifier: GPL-2.0-only
// LO-10: the scope to map in is the caller's alone, so no lock is taken in it meanwhile.
//@check-pass

use kernel::prelude::*;
use mmguard::driver::{fault::*, kind::{Pages, Pfns}, object::LockedObject, own::OwnVma, ops::VmOperations, page::UserPage};
use mmguard::order::{level::VmaLock, InnerScope};
use mmguard::vma::stable::VmaReadOrRead;

fn page<'f, T>(place: Place<'f, T>, locked: &LockedObject<'_, T>, scope: &mut InnerScope<'_, VmaLock>, page: &UserPage) -> FaultResult<'f>
where
    T: VmOperations<Kind = Pages>,
{
    place.map(locked, scope, page)
}

fn frame<'f, T>(place: Place<'f, T>, locked: &LockedObject<'_, T>, scope: &mut InnerScope<'_, VmaLock>) -> FaultResult<'f>
where
    T: VmOperations<Kind = Pfns>,
{
    place.map_frame(locked, scope)
}

fn frames<T>(place: HugePlace<'_, T>, locked: &LockedObject<'_, T>, scope: &mut InnerScope<'_, VmaLock>)
where
    T: VmOperations<Kind = Pfns>,
{
    let _ = place.map_frames(locked, scope);
}

fn insert<T>(own: OwnVma<'_, VmaReadOrRead, T>, scope: &mut InnerScope<'_, VmaLock>, page: &UserPage) -> Result
where
    T: VmOperations<Kind = Pages>,
{
    own.insert(scope, 0, page)
}
