// SPDX-License-Identifier: GPL-2.0-only
// PT-10: an entry is followed while the VMA is locked, and no longer.
//@lock: VmaReadGuard

use kernel::prelude::*;
use mmguard::vma::lock::VmaReadGuard;

fn walk(vma: VmaReadGuard<'_>) -> Result<bool> {
    let p4d = vma.tables()?.pgd_entry(0).or(Err(ENOENT))?.p4d_entry().map_err(|_| EFAULT)?;
    drop(vma); //~ E0505
    Ok(p4d.pud_entry().is_ok())
}
