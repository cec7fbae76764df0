// SPDX-License-Identifier: GPL-2.0-only
// PT-10: an entry is followed while the VMA is locked, and no longer.
//@check-pass

use kernel::prelude::*;
use mmguard::vma::lock::VmaReadGuard;

fn walk(vma: VmaReadGuard<'_>, addr: usize) -> Result<bool> {
    let pgd = vma.tables()?.pgd_entry(addr).or(Err(ENOENT))?;
    let found = pgd.p4d_entry().is_ok();
    drop(vma);
    Ok(found)
}
