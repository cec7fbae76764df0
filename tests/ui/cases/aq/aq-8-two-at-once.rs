// SPDX-License-Identifier: GPL-2.0-only
// AQ-8: the VMA write lock takes the mmap write lock exclusively, so one is asked for at a time.
//@lock: vma_start_write

use kernel::{mm::virt::flags, prelude::*};
use mmguard::mmap::{MmGuard, Write};

fn no_dump(mm: &mut MmGuard<'_, Write>, a: usize, b: usize) -> Result {
    let mut first = mm.vma_start_write(a)?;
    let mut second = mm.vma_start_write(b)?; //~ E0499
    first.set_flags(flags::DONTDUMP)?;
    second.set_flags(flags::DONTDUMP)
}
