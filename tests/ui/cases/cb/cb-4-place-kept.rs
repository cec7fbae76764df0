// SPDX-License-Identifier: GPL-2.0-only
// CB-4: the place of a fault ends with its handler.
//@driver: Place

use mmguard::driver::{fault::{Fault, Place}, ops::VmOperations};

fn keep<'f, T: VmOperations>(kept: &mut Option<Place<'f, T>>, fault: Fault<'_, T>) {
    *kept = Some(fault.into_place().0); //~ E0621
}
