// SPDX-License-Identifier: GPL-2.0-only
// RM-4: a VMA can be in both reverse mappings: the lock of one is not enough to write all.
//@in-tree
//@check-pass

use kernel::{fs::LocalFile, prelude::*};
use mmguard::{builtin::rmap::VmaWriteAllGuard, rmap::i_mmap::i_mmap_lock_write, vma::lock::VmaWriteGuard};

fn is_huge(vma: &mut VmaWriteGuard<'_>, file: &LocalFile) -> Result<bool> {
    drop(i_mmap_lock_write(vma, file));
    let vma = VmaWriteAllGuard::lock(vma);
    let pmd = vma.tables()?.pmd_entry(0).or(Err(ENOENT))?;
    Ok(pmd.get().is_leaf())
}
