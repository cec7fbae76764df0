// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: a lock is dropped by the task that took it.
//@lock: StableGuard

use mmguard::vma::stable::StableGuard;

fn to_other_task(_: &dyn Send) {}

fn send(vma: StableGuard<'_>) {
    to_other_task(&vma); //~ E0277
}
