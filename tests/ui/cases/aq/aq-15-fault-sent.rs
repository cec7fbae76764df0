// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: what C holds in a fault is held by its task alone.
//@driver: Fault

use mmguard::driver::{fault::Fault, ops::VmOperations};

fn to_other_task<'a>(_: &(dyn Send + 'a)) {}

fn send<T: VmOperations>(fault: Fault<'_, T>) {
    to_other_task(&fault.pgoff());
    to_other_task(&fault); //~ E0277
}
