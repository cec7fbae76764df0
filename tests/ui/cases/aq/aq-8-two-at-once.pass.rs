// SPDX-License-Identifier: GPL-2.0-only
// AQ-8: the VMA write lock takes the mmap write lock exclusively, so one is asked for at a time.
//@check-pass

use kernel::{mm::virt::flags, prelude::*};
use mmguard::mmap::{MmGuard, Write};

fn no_dump(mm: &mut MmGuard<'_, Write>, a: usize, b: usize) -> Result {
    let mut first = mm.vma_start_write(a)?;
    first.set_flags(flags::DONTDUMP)?;
    let mut second = mm.vma_start_write(b)?;
    second.set_flags(flags::DONTDUMP)
}
