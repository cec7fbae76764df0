// SPDX-License-Identifier: GPL-2.0-only
// CB-4: the scope of a fault ends with its handler.
//@driver: HugeFault

use mmguard::driver::{fault::HugeFault, ops::VmOperations};
use mmguard::order::{level::VmaLock, InnerScope};

fn keep<'f, T: VmOperations>(kept: &mut Option<InnerScope<'f, VmaLock>>, fault: HugeFault<'_, T>) {
    *kept = Some(fault.into_place().1); //~ E0621
}
