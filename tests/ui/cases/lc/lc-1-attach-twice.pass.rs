// SPDX-License-Identifier: GPL-2.0-only
// LC-1: a VMA that is attached is not attached again.
//@in-tree
//@check-pass

use mmguard::{builtin::detached::DetachedVma, mmap::{MmGuard, Write}};

fn attach(vma: DetachedVma<'_>, mm: &mut MmGuard<'_, Write>) -> bool {
    vma.attach(mm).is_ok()
}
