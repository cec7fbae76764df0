// SPDX-License-Identifier: GPL-2.0-only
// LS-3: the anonymous page offset is no key of the file's tree: `i_mmap` does not freeze it.
//@in-tree
//@check-pass

use mmguard::{builtin::anon_vma::AnonVma, vma::Vma};

fn offset(vma: &Vma<'_, AnonVma>) -> usize {
    vma.anon_pgoff()
}
