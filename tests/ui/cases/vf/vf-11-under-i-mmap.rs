// SPDX-License-Identifier: GPL-2.0-only
// VF-11: what swap-in remembers is read under a lock of the mm or the VMA.
//@in-tree
//@lock: IMmap

use mmguard::{builtin::rmap::IMmap, vma::Vma};

fn readahead(vma: &Vma<'_, IMmap>) -> usize {
    vma.swap_readahead_info() //~ E0599
}
