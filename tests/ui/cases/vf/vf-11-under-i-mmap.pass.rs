// SPDX-License-Identifier: GPL-2.0-only
// VF-11: what swap-in remembers is read under a lock of the mm or the VMA.
//@in-tree
//@check-pass

use mmguard::{mmap::Read, vma::Vma};

fn readahead(vma: &Vma<'_, Read>) -> usize {
    vma.swap_readahead_info()
}
