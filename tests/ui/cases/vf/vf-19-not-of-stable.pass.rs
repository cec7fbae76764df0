// SPDX-License-Identifier: GPL-2.0-only
// VF-19: `vm_lock_seq` says nothing that the holder of a VMA lock does not know.
//@in-tree
//@check-pass

use mmguard::vma::rcu::RcuVma;

fn is_even(vma: &RcuVma<'_>) -> bool {
    vma.vm_lock_seq().hint() % 2 == 0
}
