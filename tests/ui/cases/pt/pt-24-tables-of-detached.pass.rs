// SPDX-License-Identifier: GPL-2.0-only
// PT-24: a VMA that is detached gives no tables.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::detached::DetachedVma, mmap::{MmGuard, Write}};

fn walk(vma: DetachedVma<'_>, mm: &mut MmGuard<'_, Write>) -> Result<bool> {
    let vma = vma.attach(mm).map_err(|_| EEXIST)?;
    Ok(vma.tables()?.pmd_entry(0).is_ok())
}
