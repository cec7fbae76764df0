// SPDX-License-Identifier: GPL-2.0-only
// DV-6: a page is not mapped where there are page frames.
//@check-pass

use mmguard::driver::{fault::*, kind::Mixed, object::LockedObject, ops::VmOperations, page::UserPage};
use mmguard::order::{level::VmaLock, InnerScope};

type Locked<'a, T> = LockedObject<'a, T>;
type Scope<'a> = InnerScope<'a, VmaLock>;

fn map<'f, T>(place: Place<'f, T>, object: &Locked<'_, T>, scope: &mut Scope<'_>, page: &UserPage) -> FaultResult<'f>
where
    T: VmOperations<Kind = Mixed>,
{
    place.map(object, scope, page)
}
