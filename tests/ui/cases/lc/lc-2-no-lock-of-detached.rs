// SPDX-License-Identifier: GPL-2.0-only
// LC-2: a detached VMA has no lock to take.
//@in-tree
//@lock: vma_start_write

use mmguard::{builtin::detached::DetachedVma, mmap::{MmGuard, Write}};

fn lock(vma: DetachedVma<'_>, mm: &mut MmGuard<'_, Write>) -> bool {
    vma.vma_start_write(mm).is_ok() //~ E0599
}
