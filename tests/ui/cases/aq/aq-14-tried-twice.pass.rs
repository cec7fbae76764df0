// SPDX-License-Identifier: GPL-2.0-only
// AQ-14: the mmap lock is not tried twice under one VMA read lock.
//@check-pass

use kernel::prelude::*;
use mmguard::vma::lock::VmaReadGuard;

fn count(vma: &mut VmaReadGuard<'_>) -> Result<usize> {
    let one = vma.mmap_read_trylock().ok_or(EAGAIN)?;
    Ok(one.vmas(0).count())
}
