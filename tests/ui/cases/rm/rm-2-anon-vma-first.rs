// SPDX-License-Identifier: GPL-2.0-only
// RM-2: of one VMA, `i_mmap_rwsem` is locked first, then the `anon_vma`.
//@in-tree
//@lock: HugetlbIMmapRwsem

use kernel::fs::LocalFile;
use mmguard::{builtin::anon_vma::AnonVmaGuard, rmap::i_mmap::{i_mmap_lock_write, RmapWrite}, vma::lock::VmaWriteGuard};

fn lock_both(vma: &mut VmaWriteGuard<'_>, file: &LocalFile) -> Option<()> {
    let mut anon_vma = AnonVmaGuard::<RmapWrite>::lock(vma)?;
    let _i_mmap = i_mmap_lock_write(&mut anon_vma, file); //~ E0277
    Some(())
}
