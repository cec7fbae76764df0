// SPDX-License-Identifier: GPL-2.0-only
// CB-4: a fault whose lock was given up ends with its handler, too.
//@driver: Fault

use mmguard::driver::{fault::{Fault, UnlockedFault}, ops::VmOperations};

fn keep<'f, T: VmOperations>(kept: &mut Option<UnlockedFault<'f, T>>, fault: Fault<'_, T>) {
    *kept = fault.unlock().ok(); //~ E0621
}
