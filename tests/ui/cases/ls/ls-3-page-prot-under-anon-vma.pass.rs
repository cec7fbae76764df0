// SPDX-License-Identifier: GPL-2.0-only
// LS-3: under an rmap lock alone `vm_page_prot` is a single, unstable load.
//@in-tree
//@check-pass

use mmguard::{builtin::anon_vma::AnonVma, vma::Vma};

fn is_none(vma: &Vma<'_, AnonVma>) -> bool {
    vma.unstable_page_prot().hint().pgprot == 0
}
