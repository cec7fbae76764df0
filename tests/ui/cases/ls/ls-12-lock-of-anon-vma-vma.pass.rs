// SPDX-License-Identifier: GPL-2.0-only
// LS-12: an rmap lock does not pin `mm_users`, and its VMA yields no lock of its mm.
//@in-tree
//@check-pass

use kernel::mm::MmWithUser;
use mmguard::{builtin::anon_vma::AnonVma, order::LockContext, vma::Vma};

fn count(vma: &Vma<'_, AnonVma>, mm: &MmWithUser) -> usize {
    let mut ctx = LockContext::new(mm);
    let mm = ctx.mmap_read_lock();
    mm.vmas(vma.start()).count()
}
