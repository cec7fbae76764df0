// SPDX-License-Identifier: GPL-2.0-only
// BUG-14: the frame that is mapped is that at the offset of the fault.
//@driver: Place

use mmguard::driver::{fault::*, kind::Pfns, object::LockedObject, ops::VmOperations};
use mmguard::order::{level::VmaLock, InnerScope};

type Locked<'a, T> = LockedObject<'a, T>;
type Scope<'a> = InnerScope<'a, VmaLock>;

fn map<'f, T>(place: Place<'f, T>, object: &Locked<'_, T>, scope: &mut Scope<'_>, base: usize) -> FaultResult<'f>
where
    T: VmOperations<Kind = Pfns>,
{
    let pfn = base + place.pgoff();
    Place::map_frame(place, object, scope, pfn) //~ E0061
}
