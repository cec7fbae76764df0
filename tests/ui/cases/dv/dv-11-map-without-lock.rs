// SPDX-License-Identifier: GPL-2.0-only
// DV-11: a page is mapped under the lock under which it is taken back.
//@driver: LockedObject

use mmguard::driver::{fault::*, kind::Pages, object::LockedObject, ops::VmOperations, page::UserPage};
use mmguard::order::{level::VmaLock, InnerScope};

type Locked<'a, T> = LockedObject<'a, T>;
type Scope<'a> = InnerScope<'a, VmaLock>;

fn map<'f, T>(place: Place<'f, T>, _: &Locked<'_, T>, scope: &mut Scope<'_>, page: &UserPage) -> FaultResult<'f>
where
    T: VmOperations<Kind = Pages>,
{
    let object = place.object();
    place.map(&*object, scope, page) //~ E0308
}
