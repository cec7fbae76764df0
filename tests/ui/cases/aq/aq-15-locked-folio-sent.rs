// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: a lock is dropped by the task that took it.
//@in-tree
//@lock: LockedFolio

use mmguard::builtin::folio::LockedFolio;

fn to_other_task(_: &dyn Send) {}

fn send(folio: LockedFolio<'_>) {
    to_other_task(&folio); //~ E0277
}
