// SPDX-License-Identifier: GPL-2.0-only
// BUG-8: the mmap lock waited for under a VMA read lock, by a context for the same mm.
//@check-pass

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::vma::lock::VmaReadGuard;

fn count(vma: &mut VmaReadGuard<'_>, mm: &MmWithUser) -> Result<usize> {
    let is_mine = vma.belongs_to(mm);
    Ok(vma.mmap_read_trylock().filter(|_| is_mine).ok_or(EAGAIN)?.vmas(0).count())
}
