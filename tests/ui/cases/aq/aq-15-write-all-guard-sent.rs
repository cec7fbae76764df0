// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: a lock is dropped by the task that took it.
//@in-tree
//@lock: VmaWriteAllGuard

use mmguard::builtin::rmap::VmaWriteAllGuard;

fn to_other_task(_: &dyn Send) {}

fn send(guard: VmaWriteAllGuard<'_>) {
    to_other_task(&guard); //~ E0277
}
