// SPDX-License-Identifier: GPL-2.0-only
// VF-15: the tree of the VMAs of a file is core mm's to write, its lock notwithstanding.
//@check-pass

use mmguard::{rmap::i_mmap::{IMmapGuard, RmapWrite}, vma::lock::VmaWriteGuard};

fn insert(i_mmap: &mut IMmapGuard<'_, RmapWrite>, vma: &VmaWriteGuard<'_>) -> bool {
    i_mmap.is_mapped() && vma.has_file()
}
