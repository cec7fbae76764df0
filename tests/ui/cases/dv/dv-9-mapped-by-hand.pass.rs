// SPDX-License-Identifier: GPL-2.0-only
// DV-9: that a page is mapped is evidence, and no claim of a driver.
//@check-pass

use mmguard::driver::{fault::*, kind::Pages, object::LockedObject, ops::VmOperations, page::UserPage};
use mmguard::order::{level::VmaLock, InnerScope};

type Locked<'a, T> = LockedObject<'a, T>;
type Scope<'a> = InnerScope<'a, VmaLock>;

fn map<'f, T>(place: Place<'f, T>, object: &Locked<'_, T>, scope: &mut Scope<'_>, page: &UserPage) -> FaultResult<'f>
where
    T: VmOperations<Kind = Pages>,
{
    page.write(0, &[1])?;
    place.map(object, scope, page)
}
