// SPDX-License-Identifier: GPL-2.0-only
// RM-4: a VMA can be in both reverse mappings: the lock of one is not enough to write all.
//@in-tree
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{rights::MayWriteAll, rmap::VmaWriteAllGuard, LockScope, Vma, VmaWriteGuard};

fn move_range<L: MayWriteAll>(_: &mut Vma<'_, L>) {}

fn lock(vma: &mut VmaWriteGuard<'_>, file: &LocalFile) {
    drop(vma.i_mmap_lock_write(file));
    move_range(&mut VmaWriteAllGuard::lock(vma));
}
