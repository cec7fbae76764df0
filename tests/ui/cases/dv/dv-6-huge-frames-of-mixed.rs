// SPDX-License-Identifier: GPL-2.0-only
// DV-6: C takes a huge page of a mixed map for one with references, and frames have none.
//@lock: Mixed

use mmguard::{
    driver::{fault::HugePlace, kind::Mixed, object::LockedObject, ops::VmOperations},
    order::{
        level::{After, FolioLock},
        LockScope,
    },
};

fn map<T, G>(place: HugePlace<'_, T>, locked: &LockedObject<'_, T>, scope: &mut G)
where
    T: VmOperations<Kind = Mixed>,
    G: LockScope,
    FolioLock: After<G::Innermost>,
{
    let _ = place.map_frames(locked, scope); //~ E0271
}
