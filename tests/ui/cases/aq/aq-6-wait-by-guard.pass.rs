// SPDX-License-Identifier: GPL-2.0-only
// AQ-6: a VMA read guard offers no way to wait for the mmap lock.
//@check-pass

use kernel::prelude::*;
use mmguard::vma::lock::VmaReadGuard;

fn count(vma: &mut VmaReadGuard<'_>) -> Result<usize> {
    Ok(vma.mmap_read_trylock().ok_or(EAGAIN)?.vmas(0).count())
}
