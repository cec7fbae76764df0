// SPDX-License-Identifier: GPL-2.0-only
// LS-1: a VMA handle is evidence of a lock, so it cannot be made by hand.
//@check-pass

use core::ptr::NonNull;
use kernel::bindings::vm_area_struct;
use mmguard::vma::{lock::VmaWrite, Vma};

fn is_held(vma: NonNull<vm_area_struct>, held: Vma<'_, VmaWrite>) -> bool {
    vma.as_ptr() == held.as_ptr()
}
