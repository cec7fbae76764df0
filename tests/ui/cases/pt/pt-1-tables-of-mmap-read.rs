// SPDX-License-Identifier: GPL-2.0-only
// PT-1: page tables are those of a VMA, and not of an mm.
//@lock: MmGuard<'_, Read>

use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Read};

fn walk(mm: &MmGuard<'_, Read>, addr: usize) -> Result<bool> {
    Ok(mm.tables()?.pgd_entry(addr).or(Err(ENOENT))?.p4d_entry().is_ok()) //~ E0599
}
