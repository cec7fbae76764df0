// SPDX-License-Identifier: GPL-2.0-only
// LO-10: C locks the page that it maps, which is not for under a later lock.
//@lock: FolioLock

use mmguard::driver::{fault::*, kind::{Pages, Pfns}, object::LockedObject, ops::VmOperations, page::UserPage};
use mmguard::order::{level::PrivateLock, InnerScope};

type Scope<'a> = InnerScope<'a, PrivateLock>;

fn page<'f, T>(place: Place<'f, T>, locked: &LockedObject<'_, T>, scope: &mut Scope<'_>, page: &UserPage) -> FaultResult<'f>
where
    T: VmOperations<Kind = Pages>,
{
    place.map(locked, scope, page) //~ E0277
}

fn frame<'f, T>(place: Place<'f, T>, locked: &LockedObject<'_, T>, scope: &mut Scope<'_>) -> FaultResult<'f>
where
    T: VmOperations<Kind = Pfns>,
{
    place.map_frame(locked, scope) //~ E0277
}

fn frames<T>(place: HugePlace<'_, T>, locked: &LockedObject<'_, T>, scope: &mut Scope<'_>)
where
    T: VmOperations<Kind = Pfns>,
{
    let _ = place.map_frames(locked, scope); //~ E0277
}
