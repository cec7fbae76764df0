// SPDX-License-Identifier: GPL-2.0-only
// VF-5: `vm_flags` are never written directly.
//@check-pass

use kernel::mm::virt::flags;
use mmguard::vma::lock::VmaWriteGuard;

fn no_dump(vma: &mut VmaWriteGuard<'_>) -> bool {
    let _ = vma.set_flags(flags::DONTDUMP);
    vma.flags() & flags::DONTDUMP != 0
}
