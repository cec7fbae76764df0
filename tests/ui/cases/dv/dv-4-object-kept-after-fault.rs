// SPDX-License-Identifier: GPL-2.0-only
// DV-4: an object is borrowed for a fault: who keeps it has a reference.
//@driver: Fault

use kernel::sync::{Arc, ArcBorrow};
use mmguard::driver::{fault::Fault, object::VmObject, ops::VmOperations};

fn last<'k, T: VmOperations>(fault: Fault<'_, T>, kept: &mut Option<ArcBorrow<'k, VmObject<T>>>) -> Arc<VmObject<T>> {
    if let Some(kept) = kept {
        *kept = Fault::into_place(fault).0.object(); //~ E0621
        return Arc::from(*kept);
    }
    Arc::from(fault.object())
}
