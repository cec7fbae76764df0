// SPDX-License-Identifier: GPL-2.0-only
// LC-2: a detached VMA gives no VMA read lock.
//@in-tree
//@check-pass

use mmguard::{builtin::detached::DetachedVma, vma::lock::VmaReadGuard};

fn read(vma: &VmaReadGuard<'_>) -> usize {
    vma.start()
}

fn visit(_new: &DetachedVma<'_>, vma: &VmaReadGuard<'_>) -> usize {
    read(vma)
}
