// SPDX-License-Identifier: GPL-2.0-only
// RM-7: the `anon_vma` locks of one root are one lock, which is not taken twice.
//@in-tree
//@check-pass

use mmguard::{anon_vma::AnonVmaGuard, rmap::VmaWriteAllGuard, RmapRead, VmaWriteGuard};

fn lock(vma: &mut VmaWriteGuard<'_>) -> bool {
    drop(VmaWriteAllGuard::lock(vma));
    let anon_vma = AnonVmaGuard::<RmapRead>::lock(vma);
    anon_vma.is_some()
}
