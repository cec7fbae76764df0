// SPDX-License-Identifier: GPL-2.0-only
// LS-8: the lock is of this mm: a VMA of mm B is not write-locked under the lock of mm A.
//@lock: vma_start_write

use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Read, Write};

fn both(a: &mut MmGuard<'_, Write>, b: &MmGuard<'_, Read>, addr: usize) -> Result {
    let vma = b.vma_lookup(addr).ok_or(EFAULT)?;
    let _vma = a.vma_start_write(vma)?; //~ E0308
    Ok(())
}
