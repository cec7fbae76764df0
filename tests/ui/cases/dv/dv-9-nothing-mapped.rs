// SPDX-License-Identifier: GPL-2.0-only
// DV-9: a handler that maps nothing has no success to return.
//@driver: Mapped

use mmguard::driver::{fault::*, kind::Pages, object::LockedObject, ops::VmOperations, page::UserPage};
use mmguard::order::{level::VmaLock, InnerScope};

type Locked<'a, T> = LockedObject<'a, T>;
type Scope<'a> = InnerScope<'a, VmaLock>;

fn map<'f, T>(place: Place<'f, T>, object: &Locked<'_, T>, scope: &mut Scope<'_>, page: &UserPage) -> FaultResult<'f>
where
    T: VmOperations<Kind = Pages>,
{
    let filled = page.write(0, &[1]);
    Ok(filled?) //~ E0308
}
