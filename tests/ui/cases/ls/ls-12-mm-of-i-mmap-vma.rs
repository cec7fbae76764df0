// SPDX-License-Identifier: GPL-2.0-only
// LS-12: an rmap lock does not pin `mm_users`, and its VMA yields no `MmWithUser`.
//@in-tree
//@lock: IMmap

use kernel::mm::MmWithUser;
use mmguard::{builtin::rmap::IMmap, vma::Vma};

fn is_of(vma: &Vma<'_, IMmap>, mm: &MmWithUser) -> bool {
    core::ptr::eq(vma.mm(), mm) //~ E0599
}
