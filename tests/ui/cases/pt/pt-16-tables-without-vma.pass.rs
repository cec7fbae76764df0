// SPDX-License-Identifier: GPL-2.0-only
// PT-16: no table is had where there is no VMA, the mmap write lock notwithstanding.
//@check-pass

use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Write};

fn walk(mm: &MmGuard<'_, Write>, addr: usize) -> Result<bool> {
    let vma = mm.vma_lookup(addr).ok_or(EFAULT)?;
    Ok(vma.tables()?.pmd_entry(addr).is_ok())
}
