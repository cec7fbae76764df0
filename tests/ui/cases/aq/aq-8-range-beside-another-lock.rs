// SPDX-License-Identifier: GPL-2.0-only
// AQ-8: the VMA write locks of a range take the mmap write lock exclusively, as one does.
//@lock: vma_start_write_range_killable

use core::ops::Range;
use kernel::{mm::virt::flags, prelude::*};
use mmguard::mmap::{MmGuard, Write};

fn no_dump(mm: &mut MmGuard<'_, Write>, first: usize, rest: Range<usize>) -> Result {
    let mut one = mm.vma_start_write(first)?;
    let vmas = mm.vma_start_write_range_killable(rest)?; //~ E0499
    if vmas.vmas().all(|vma| vma.is_anonymous()) {
        one.set_flags(flags::DONTDUMP)?;
    }
    Ok(())
}
