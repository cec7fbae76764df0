// SPDX-License-Identifier: GPL-2.0-only
// PT-24: a VMA that is detached gives no tables.
//@in-tree
//@lock: DetachedVma

use kernel::prelude::*;
use mmguard::{builtin::detached::DetachedVma, mmap::{MmGuard, Write}};

fn walk(vma: DetachedVma<'_>, _mm: &mut MmGuard<'_, Write>) -> Result<bool> {
    Ok(vma.tables()?.pmd_entry(0).is_ok()) //~ E0599
}
