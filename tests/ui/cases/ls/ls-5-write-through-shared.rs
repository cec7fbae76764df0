// SPDX-License-Identifier: GPL-2.0-only
// LS-5: a write borrows the VMA write lock exclusively, so nobody reads meanwhile.
//@lock: VmaWriteGuard

use kernel::{bindings::pgprot_t, mm::virt::flags, prelude::*};
use mmguard::vma::lock::VmaWriteGuard;

fn no_dump(vma: &VmaWriteGuard<'_>) -> Result {
    vma.set_flags(flags::DONTDUMP) //~ E0596
}

fn dump(vma: &VmaWriteGuard<'_>) -> Result {
    vma.clear_flags(flags::DONTDUMP) //~ E0596
}

unsafe fn protect(vma: &VmaWriteGuard<'_>, prot: pgprot_t) {
    // SAFETY: By the safety requirements, which are those of `set_page_prot`.
    unsafe { vma.set_page_prot(prot) } //~ E0596
}
