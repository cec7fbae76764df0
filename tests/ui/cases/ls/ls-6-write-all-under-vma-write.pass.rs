// SPDX-License-Identifier: GPL-2.0-only
// LS-6: what needs the rmap write locks is not done under the VMA write lock alone.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::builtin::rmap::VmaWriteAllGuard;

fn is_huge(vma: &mut VmaWriteAllGuard<'_>) -> Result<bool> {
    let pmd = vma.tables()?.pmd_entry(0).or(Err(ENOENT))?;
    Ok(pmd.get().is_leaf())
}
