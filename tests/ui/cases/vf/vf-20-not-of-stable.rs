// SPDX-License-Identifier: GPL-2.0-only
// VF-20: `vm_refcnt` says nothing that the holder of a VMA lock does not know.
//@in-tree
//@lock: VmaReadGuard

use mmguard::vma::lock::VmaReadGuard;

fn readers(vma: &VmaReadGuard<'_>) -> u32 {
    vma.vm_refcnt().hint() //~ E0599
}
