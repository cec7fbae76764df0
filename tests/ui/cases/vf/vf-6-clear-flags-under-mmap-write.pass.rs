// SPDX-License-Identifier: GPL-2.0-only
// VF-6: flags of a VMA are changed under the VMA write lock only.
//@check-pass

use kernel::{mm::virt::flags, prelude::*};
use mmguard::mmap::{MmGuard, Write};

fn dump(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result {
    let mut vma = mm.vma_start_write(addr)?;
    vma.clear_flags(flags::DONTDUMP)
}
