// SPDX-License-Identifier: GPL-2.0-only
// VF-20: `vm_refcnt` says nothing that the holder of a VMA lock does not know.
//@in-tree
//@check-pass

use mmguard::vma::rcu::RcuVma;

fn readers(vma: &RcuVma<'_>) -> u32 {
    vma.vm_refcnt().hint()
}
