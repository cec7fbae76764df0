// SPDX-License-Identifier: GPL-2.0-only
// RM-2: of one VMA, `i_mmap_rwsem` is locked first, then the `anon_vma`.
//@in-tree
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{builtin::rmap::VmaWriteAllGuard, rmap::i_mmap::i_mmap_trylock_write, vma::lock::VmaWriteGuard};

fn lock_both(vma: &mut VmaWriteGuard<'_>, file: &LocalFile) -> Option<()> {
    let _ = i_mmap_trylock_write(vma, file)?;
    let _both = VmaWriteAllGuard::lock(vma);
    Some(())
}
