// SPDX-License-Identifier: GPL-2.0-only
// DV-6: a page frame is not mapped where there are pages.
//@driver: Pages

use mmguard::driver::{fault::*, kind::Pages, object::LockedObject, ops::VmOperations, page::UserPage};
use mmguard::order::{level::VmaLock, InnerScope};

type Locked<'a, T> = LockedObject<'a, T>;
type Scope<'a> = InnerScope<'a, VmaLock>;

fn map<'f, T>(place: Place<'f, T>, object: &Locked<'_, T>, scope: &mut Scope<'_>, _: &UserPage) -> FaultResult<'f>
where
    T: VmOperations<Kind = Pages>,
{
    place.map_frame(object, scope) //~ E0277
}
