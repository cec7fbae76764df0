// SPDX-License-Identifier: GPL-2.0-only
// LS-3: the anonymous page offset is no key of the file's tree: `i_mmap` does not freeze it.
//@in-tree
//@lock: IMmap

use mmguard::{builtin::rmap::IMmap, vma::Vma};

fn offset(vma: &Vma<'_, IMmap>) -> usize {
    vma.anon_pgoff() //~ E0599
}
