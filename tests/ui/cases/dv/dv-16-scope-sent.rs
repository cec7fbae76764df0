// SPDX-License-Identifier: GPL-2.0-only
// DV-16: what C holds in a callback is held by its task alone.
//@driver: Fault

use mmguard::driver::{fault::Fault, ops::VmOperations};

fn to_other_task<'a>(_: &(dyn Send + 'a)) {}

fn hand_over<T: VmOperations>(fault: Fault<'_, T>) {
    let pgoff = fault.pgoff();
    to_other_task(&pgoff);
    to_other_task(&fault); //~ E0277
}
