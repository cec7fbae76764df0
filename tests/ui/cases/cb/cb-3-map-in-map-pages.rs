// SPDX-License-Identifier: GPL-2.0-only
// CB-3: RCU is held in `map_pages`, and to map a page sleeps.
//@driver: FaultAround

use kernel::sync::ArcBorrow;
use mmguard::driver::{fault::{Fault, FaultAround}, object::VmObject, ops::VmOperations};

fn map_pages<'f, T: VmOperations>(around: FaultAround<'f, T>) -> ArcBorrow<'f, VmObject<T>> {
    around.into_place().0.object() //~ E0599
}

fn fault<'f, T: VmOperations>(fault: Fault<'f, T>) -> ArcBorrow<'f, VmObject<T>> {
    fault.into_place().0.object()
}
