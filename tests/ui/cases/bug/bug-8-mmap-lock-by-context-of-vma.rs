// SPDX-License-Identifier: GPL-2.0-only
// BUG-8: the mmap lock waited for under a VMA read lock, by a context for the same mm.
//@lock: MmapLock

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::{order::LockScope, vma::lock::VmaReadGuard};

fn count(vma: &mut VmaReadGuard<'_>, mm: &MmWithUser) -> Result<usize> {
    Ok(vma.context(mm).mmap_read_lock().vmas(0).count()) //~ E0277
}
