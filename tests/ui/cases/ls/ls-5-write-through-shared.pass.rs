// SPDX-License-Identifier: GPL-2.0-only
// LS-5: a write borrows the VMA write lock exclusively, so nobody reads meanwhile.
//@check-pass

use kernel::{bindings::pgprot_t, mm::virt::flags, prelude::*};
use mmguard::vma::lock::VmaWriteGuard;

fn no_dump(vma: &mut VmaWriteGuard<'_>) -> Result {
    vma.set_flags(flags::DONTDUMP)
}

fn dump(vma: &mut VmaWriteGuard<'_>) -> Result {
    vma.clear_flags(flags::DONTDUMP)
}

unsafe fn protect(vma: &mut VmaWriteGuard<'_>, prot: pgprot_t) {
    // SAFETY: By the safety requirements, which are those of `set_page_prot`.
    unsafe { vma.set_page_prot(prot) }
}
