// SPDX-License-Identifier: GPL-2.0-only
// CB-3: RCU is held in `map_pages`, and to map a page sleeps.
//@check-pass

use kernel::sync::ArcBorrow;
use mmguard::driver::{fault::{Fault, FaultAround}, object::VmObject, ops::VmOperations};

fn map_pages<'f, T: VmOperations>(around: FaultAround<'f, T>) -> ArcBorrow<'f, VmObject<T>> {
    around.object()
}

fn fault<'f, T: VmOperations>(fault: Fault<'f, T>) -> ArcBorrow<'f, VmObject<T>> {
    fault.into_place().0.object()
}
