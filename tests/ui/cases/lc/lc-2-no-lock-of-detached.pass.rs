// SPDX-License-Identifier: GPL-2.0-only
// LC-2: a detached VMA has no lock to take.
//@in-tree
//@check-pass

use mmguard::{builtin::detached::DetachedVma, mmap::{MmGuard, Write}};

fn lock(vma: DetachedVma<'_>, mm: &mut MmGuard<'_, Write>) -> bool {
    vma.attach(mm).is_ok()
}
