// SPDX-License-Identifier: GPL-2.0-only
// AQ-6: a VMA read guard offers no way to wait for the mmap lock.
//@lock: VmaReadGuard

use kernel::prelude::*;
use mmguard::vma::lock::VmaReadGuard;

fn count(vma: &mut VmaReadGuard<'_>) -> Result<usize> {
    Ok(vma.mmap_read_lock().vmas(0).count()) //~ E0599
}
