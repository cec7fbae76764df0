// SPDX-License-Identifier: GPL-2.0-only
// CB-4: a fault ends with its handler.
//@check-pass

use mmguard::driver::{fault::Fault, ops::VmOperations};

fn keep<'f, T: VmOperations>(kept: &mut Option<Fault<'f, T>>, fault: Fault<'f, T>) {
    *kept = Some(fault);
}
