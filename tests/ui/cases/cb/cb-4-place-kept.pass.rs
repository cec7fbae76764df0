// SPDX-License-Identifier: GPL-2.0-only
// CB-4: the place of a fault ends with its handler.
//@check-pass

use mmguard::driver::{fault::{Fault, Place}, ops::VmOperations};

fn keep<'f, T: VmOperations>(kept: &mut Option<Place<'f, T>>, fault: Fault<'f, T>) {
    *kept = Some(fault.into_place().0);
}
