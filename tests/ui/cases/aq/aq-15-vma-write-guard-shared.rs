// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: a lock is used by the task that took it.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn to_other_task(_: &dyn Sync) {}

fn share(vma: &VmaWriteGuard<'_>) {
    to_other_task(vma); //~ E0277
}
