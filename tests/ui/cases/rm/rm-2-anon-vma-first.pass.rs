// SPDX-License-Identifier: GPL-2.0-only
// RM-2: of one VMA, `i_mmap_rwsem` is locked first, then the `anon_vma`.
//@in-tree
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{rmap::VmaWriteAllGuard, LockScope, VmaWriteGuard};

fn lock_both(vma: &mut VmaWriteGuard<'_>, file: &LocalFile) -> Option<()> {
    let _ = vma.i_mmap_trylock_write(file)?;
    let _both = VmaWriteAllGuard::lock(vma);
    Some(())
}
