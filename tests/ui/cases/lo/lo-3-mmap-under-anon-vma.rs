// SPDX-License-Identifier: GPL-2.0-only
// LO-3: the mmap lock is not taken under an `anon_vma` lock.
//@in-tree
//@lock: MmapLock

use kernel::mm::MmWithUser;
use mmguard::{builtin::anon_vma::AnonVmaGuard, order::LockScope, rmap::i_mmap::RmapRead};

fn count(held: &mut AnonVmaGuard<'_, RmapRead>, mm: &MmWithUser) -> usize {
    held.context(mm).mmap_read_lock().vmas(0).count() //~ E0277
}
