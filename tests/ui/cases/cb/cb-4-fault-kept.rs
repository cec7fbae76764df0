// SPDX-License-Identifier: GPL-2.0-only
// CB-4: a fault ends with its handler.
//@driver: Fault

use mmguard::driver::{fault::Fault, ops::VmOperations};

fn keep<'f, T: VmOperations>(kept: &mut Option<Fault<'f, T>>, fault: Fault<'_, T>) {
    *kept = Some(fault); //~ E0621
}
