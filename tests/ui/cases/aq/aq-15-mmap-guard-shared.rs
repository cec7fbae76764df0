// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: a lock is used by the task that took it.
//@lock: MmGuard

use mmguard::mmap::{MmGuard, Write};

fn to_other_task(_: &dyn Sync) {}

fn share(mm: &MmGuard<'_, Write>) {
    to_other_task(mm); //~ E0277
}
