// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: a lock is dropped by the task that took it.
//@check-pass

use mmguard::mmap::{MmGuard, Read};

fn to_other_task(_: &dyn Send) {}

fn send(mm: MmGuard<'_, Read>) {
    to_other_task(&mm.vmas(0).count());
}
