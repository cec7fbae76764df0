// SPDX-License-Identifier: GPL-2.0-only
// AQ-8: the VMA write locks of a range end when the mmap write lock is downgraded.
//@lock: vma_start_write_range_killable

use core::ops::Range;
use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Write};

fn count(mut mm: MmGuard<'_, Write>, range: Range<usize>) -> Result<usize> {
    let vmas = mm.vma_start_write_range_killable(range)?;
    drop(mm.downgrade()); //~ E0505
    Ok(vmas.vmas().count())
}
