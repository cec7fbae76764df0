// SPDX-License-Identifier: GPL-2.0-only
// LC-1: a VMA that is attached is not attached again.
//@in-tree
//@lock: MmGuard<'_, Write>

use mmguard::{builtin::detached::DetachedVma, mmap::{MmGuard, Write}};

fn attach(vma: DetachedVma<'_>, mm: &mut MmGuard<'_, Write>) -> bool {
    let _ = vma.attach(mm);
    vma.attach(mm).is_ok() //~ E0382
}
