// SPDX-License-Identifier: GPL-2.0-only
// AQ-8: the VMA write locks of a range take the mmap write lock exclusively, as one does.
//@check-pass

use core::ops::Range;
use kernel::{mm::virt::flags, prelude::*};
use mmguard::mmap::{MmGuard, Write};

fn no_dump(mm: &mut MmGuard<'_, Write>, first: usize, rest: Range<usize>) -> Result {
    let vmas = mm.vma_start_write_range_killable(rest)?;
    if vmas.vmas().all(|vma| vma.is_anonymous()) {
        let mut one = mm.vma_start_write(first)?;
        one.set_flags(flags::DONTDUMP)?;
    }
    Ok(())
}
