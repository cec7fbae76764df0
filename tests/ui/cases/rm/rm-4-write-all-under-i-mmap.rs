// SPDX-License-Identifier: GPL-2.0-only
// RM-4: the locks of both reverse mappings are taken together, with neither held.
//@in-tree
//@lock: VmaWriteAllGuard

use kernel::fs::LocalFile;
use mmguard::{builtin::rmap::VmaWriteAllGuard, rmap::i_mmap::i_mmap_lock_write, vma::lock::VmaWriteGuard};

fn lock(vma: &mut VmaWriteGuard<'_>, file: &LocalFile) -> usize {
    let i_mmap = i_mmap_lock_write(vma, file);
    let all = VmaWriteAllGuard::lock(vma); //~ E0499
    drop(i_mmap);
    all.start()
}
