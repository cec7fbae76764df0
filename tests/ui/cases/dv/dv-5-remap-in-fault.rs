// SPDX-License-Identifier: GPL-2.0-only
// DV-5: frames that are mapped at `mmap` are not mapped later.
//@driver: PfnsAtMmap

use mmguard::driver::{fault::*, kind::PfnsAtMmap, object::LockedObject, ops::VmOperations, page::UserPage};
use mmguard::order::{level::VmaLock, InnerScope};

type Locked<'a, T> = LockedObject<'a, T>;
type Scope<'a> = InnerScope<'a, VmaLock>;

fn map<'f, T>(place: Place<'f, T>, object: &Locked<'_, T>, scope: &mut Scope<'_>, _: &UserPage) -> FaultResult<'f>
where
    T: VmOperations<Kind = PfnsAtMmap>,
{
    place.map_frame(object, scope) //~ E0277
}
