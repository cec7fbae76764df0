// SPDX-License-Identifier: GPL-2.0-only
// LS-8: an `i_mmap` lock counts for the VMAs of that mapping, not for another's.
//@in-tree
//@lock: IMmapGuard

use mmguard::{builtin::rmap::mapping_vmas, rmap::i_mmap::{IMmapGuard, RmapRead}};

fn first(a: IMmapGuard<'_, RmapRead>, b: IMmapGuard<'_, RmapRead>) -> Option<usize> {
    let vma = mapping_vmas(&a, 0..=0).next()?;
    drop(a); //~ E0505
    b.is_mapped().then(|| vma.start())
}
