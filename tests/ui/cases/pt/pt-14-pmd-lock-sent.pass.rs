// SPDX-License-Identifier: GPL-2.0-only
// PT-14: a lock is dropped by the task that took it.
//@check-pass

use mmguard::{mmap::Read, table::pmd_lock::PmdLockGuard};

fn to_other_task(_: &dyn Send) {}

fn send(table: PmdLockGuard<'_, Read>) {
    to_other_task(&table.get().is_leaf());
}
