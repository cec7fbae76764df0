// SPDX-License-Identifier: GPL-2.0-only
// LC-2: a detached VMA gives no VMA read lock.
//@in-tree
//@lock: VmaReadGuard

use mmguard::{builtin::detached::DetachedVma, vma::lock::VmaReadGuard};

fn read(vma: &VmaReadGuard<'_>) -> usize {
    vma.start()
}

fn visit(vma: &DetachedVma<'_>) -> usize {
    read(vma) //~ E0308
}
