// SPDX-License-Identifier: GPL-2.0-only
// AQ-9: the killable form gives no VMA write lock when the task is killed.
//@lock: VmaWriteGuard

use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Write};

fn start(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result<usize> {
    let vma = mm.vma_start_write_killable(addr);
    Ok(vma.start()) //~ E0599
}
