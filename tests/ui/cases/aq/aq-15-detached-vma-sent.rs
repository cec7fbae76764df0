// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: a VMA that is not attached has one owner, who stays the task that made it.
//@in-tree
//@lock: DetachedVma

use mmguard::builtin::detached::DetachedVma;

fn to_other_task(_: &dyn Send) {}

fn send(mut vma: DetachedVma<'_>) {
    to_other_task(&vma); //~ E0277
}
