// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: a lock is dropped by the task that took it.
//@lock: VmaPair

use mmguard::vma::pair::VmaPair;

fn to_other_task(_: &dyn Send) {}

fn send(pair: VmaPair<'_>) {
    to_other_task(&pair); //~ E0277
}
