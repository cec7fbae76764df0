// SPDX-License-Identifier: GPL-2.0-only
// LS-4: the mmap lock that is taken beside a VMA read lock is one for reading.
//@check-pass

use kernel::{mm::virt::flags, prelude::*};
use mmguard::mmap::{MmGuard, Write};

fn no_dump(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result {
    let mut vma = mm.vma_start_write(addr)?;
    vma.set_flags(flags::DONTDUMP)
}
