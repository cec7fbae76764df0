// SPDX-License-Identifier: GPL-2.0-only
// AQ-25: a VMA read lock is not upgraded: the mmap write lock comes first.
//@check-pass

use kernel::prelude::*;
use mmguard::vma::lock::VmaReadGuard;

fn f(vma: &mut VmaReadGuard<'_>) -> Result<usize> {
    let mm = vma.mmap_read_trylock().ok_or(EAGAIN)?;
    Ok(mm.vmas(0).count())
}
