// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: a lock is dropped by the task that took it.
//@check-pass

use mmguard::vma::lock::VmaReadGuard;

fn to_other_task(_: &dyn Send) {}

fn send(vma: VmaReadGuard<'_>) {
    to_other_task(&vma.start());
}
