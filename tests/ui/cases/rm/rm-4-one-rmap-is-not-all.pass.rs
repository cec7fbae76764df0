// SPDX-License-Identifier: GPL-2.0-only
// RM-4: a VMA can be in both reverse mappings: the lock of one is not enough to write all.
//@in-tree
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{builtin::rmap::{MayWriteAll, VmaWriteAllGuard}, rmap::i_mmap::i_mmap_lock_write, vma::{lock::VmaWriteGuard, Vma}};

fn move_range<L: MayWriteAll>(_: &mut Vma<'_, L>) {}

fn lock(vma: &mut VmaWriteGuard<'_>, file: &LocalFile) {
    drop(i_mmap_lock_write(vma, file));
    move_range(&mut VmaWriteAllGuard::lock(vma));
}
