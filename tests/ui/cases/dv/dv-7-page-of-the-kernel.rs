// SPDX-License-Identifier: GPL-2.0-only
// DV-7: a page that user space gets was made for it.
//@driver: UserPage

use kernel::page::Page;
use mmguard::driver::{fault::*, kind::Pages, object::LockedObject, ops::VmOperations, page::UserPage};
use mmguard::order::{level::VmaLock, InnerScope};

type Locked<'a, T> = LockedObject<'a, T>;
type Scope<'a> = InnerScope<'a, VmaLock>;

fn map<'f, T>(place: Place<'f, T>, object: &Locked<'_, T>, scope: &mut Scope<'_>, page: &Page) -> FaultResult<'f>
where
    T: VmOperations<Kind = Pages> + AsRef<UserPage>,
{
    let _ = page;
    place.map(object, scope, page) //~ E0308
}
