// SPDX-License-Identifier: GPL-2.0-only
// PT-16: no table is had where there is no VMA, the mmap write lock notwithstanding.
//@lock: MmGuard<'_, Write>

use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Write};

fn walk(mm: &MmGuard<'_, Write>, addr: usize) -> Result<bool> {
    Ok(mm.tables()?.pmd_entry(addr).is_ok()) //~ E0599
}
