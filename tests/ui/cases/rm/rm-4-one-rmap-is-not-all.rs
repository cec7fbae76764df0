// SPDX-License-Identifier: GPL-2.0-only
// RM-4: a VMA can be in both reverse mappings: the lock of one is not enough to write all.
//@in-tree
//@lock: VMA write lock

use kernel::{fs::LocalFile, prelude::*};
use mmguard::{order::LockScope, rmap::i_mmap::i_mmap_lock_write, vma::lock::VmaWriteGuard};

fn is_huge(vma: &mut VmaWriteGuard<'_>, file: &LocalFile) -> Result<bool> {
    let (vma, mut scope) = vma.split();
    let _i_mmap = i_mmap_lock_write(&mut scope, file);
    let pmd = vma.tables()?.pmd_entry(0).or(Err(ENOENT))?;
    Ok(pmd.get().is_leaf()) //~ E0277
}
