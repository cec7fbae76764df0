// SPDX-License-Identifier: GPL-2.0-only
// AQ-9: no VMA is write-locked when there is none at the address.
//@lock: VmaWriteGuard

use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Write};

fn start(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result<usize> {
    let vma = mm.vma_start_write(addr);
    Ok(vma.start()) //~ E0599
}
