// SPDX-License-Identifier: GPL-2.0-only
// VF-19: `vm_lock_seq` says nothing that the holder of a VMA lock does not know.
//@in-tree
//@lock: VmaReadGuard

use mmguard::vma::lock::VmaReadGuard;

fn is_even(vma: &VmaReadGuard<'_>) -> bool {
    vma.vm_lock_seq().hint() % 2 == 0 //~ E0599
}
