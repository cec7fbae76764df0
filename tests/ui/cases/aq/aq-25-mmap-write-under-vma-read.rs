// SPDX-License-Identifier: GPL-2.0-only
// AQ-25: a VMA read lock is not upgraded: the mmap write lock comes first.
//@lock: VmaReadGuard

use kernel::prelude::*;
use mmguard::vma::lock::VmaReadGuard;

fn f(vma: &mut VmaReadGuard<'_>) -> Result<usize> {
    let mm = vma.mmap_write_lock(); //~ E0599
    Ok(mm.vmas(0).count())
}
