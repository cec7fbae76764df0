// SPDX-License-Identifier: GPL-2.0-only
// DV-9: a fault has one place, and one page goes there.
//@driver: Place

use mmguard::driver::{fault::*, kind::Mixed, object::LockedObject, ops::VmOperations, page::UserPage};
use mmguard::order::{level::VmaLock, InnerScope};

type Locked<'a, T> = LockedObject<'a, T>;
type Scope<'a> = InnerScope<'a, VmaLock>;

fn map<'f, T>(place: Place<'f, T>, object: &Locked<'_, T>, scope: &mut Scope<'_>, page: &UserPage) -> FaultResult<'f>
where
    T: VmOperations<Kind = Mixed>,
{
    let page = Place::map(place, object, scope, page);
    page.or(place.map_frame(object, scope)) //~ E0382
}
