// SPDX-License-Identifier: GPL-2.0-only
// VF-5: `vm_flags` are never written directly.
//@check-pass

use kernel::{mm::virt::flags, prelude::*};
use mmguard::vma::lock::VmaWriteGuard;

fn no_dump(vma: &mut VmaWriteGuard<'_>) -> Result {
    vma.set_flags(flags::DONTDUMP)
}
