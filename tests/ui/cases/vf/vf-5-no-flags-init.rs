// SPDX-License-Identifier: GPL-2.0-only
// VF-5: `vm_flags` are never written directly.
//@lock: VmaWriteGuard

use kernel::{mm::virt::flags, prelude::*};
use mmguard::vma::lock::VmaWriteGuard;

fn no_dump(vma: &mut VmaWriteGuard<'_>) -> Result {
    vma.vm_flags_init(flags::DONTDUMP) //~ E0599
}
