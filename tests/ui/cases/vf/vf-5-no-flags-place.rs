// SPDX-License-Identifier: GPL-2.0-only
// VF-5: `vm_flags` are never written directly.
//@lock: VmaWriteGuard

use kernel::mm::virt::flags;
use mmguard::vma::lock::VmaWriteGuard;

fn no_dump(vma: &mut VmaWriteGuard<'_>) -> bool {
    *vma.flags_mut() |= flags::DONTDUMP; //~ E0599
    vma.flags() & flags::DONTDUMP != 0
}
