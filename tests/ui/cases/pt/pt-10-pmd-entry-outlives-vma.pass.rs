// SPDX-License-Identifier: GPL-2.0-only
// PT-10: an entry is looked at while the VMA is locked, and no longer.
//@check-pass

use kernel::prelude::*;
use mmguard::vma::lock::VmaReadGuard;

fn walk(vma: VmaReadGuard<'_>, addr: usize) -> Result<bool> {
    let pmd = vma.tables()?.pmd_entry(addr).or(Err(ENOENT))?;
    let leaf = pmd.read_lockless().hint().is_leaf();
    drop(vma);
    Ok(leaf)
}
