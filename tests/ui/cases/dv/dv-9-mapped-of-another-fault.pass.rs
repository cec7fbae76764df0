// SPDX-License-Identifier: GPL-2.0-only
// DV-9: what is mapped for one fault is no answer to another.
//@check-pass

use mmguard::driver::{fault::*, kind::{Pages, Pfns}, object::LockedObject, ops::VmOperations, page::UserPage};
use mmguard::order::{level::VmaLock, InnerScope};

type Scope<'a> = InnerScope<'a, VmaLock>;

fn page<'f, T>(place: Place<'f, T>, locked: &LockedObject<'_, T>, scope: &mut Scope<'_>, page: &UserPage) -> FaultResult<'f>
where
    T: VmOperations<Kind = Pages>,
{
    place.map(locked, scope, page)
}

fn frame<'f, T>(place: Place<'f, T>, locked: &LockedObject<'_, T>, scope: &mut Scope<'_>) -> FaultResult<'f>
where
    T: VmOperations<Kind = Pfns>,
{
    place.map_frame(locked, scope)
}

fn frames<'f, T>(place: HugePlace<'f, T>, locked: &LockedObject<'_, T>, scope: &mut Scope<'_>) -> Option<Mapped<'f>>
where
    T: VmOperations<Kind = Pfns>,
{
    place.map_frames(locked, scope).ok()
}
