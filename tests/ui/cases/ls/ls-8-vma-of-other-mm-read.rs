// SPDX-License-Identifier: GPL-2.0-only
// LS-8: the lock is of this mm: a VMA of mm B is not read-locked under the lock of mm A.
//@lock: VmaReadGuard

use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Read};

fn both(a: MmGuard<'_, Read>, b: &MmGuard<'_, Read>, addr: usize) -> Result {
    let vma = b.vma_lookup(addr).ok_or(EFAULT)?;
    let _vma = a.into_vma_read(vma).map_err(|_| EAGAIN)?; //~ E0308
    Ok(())
}
