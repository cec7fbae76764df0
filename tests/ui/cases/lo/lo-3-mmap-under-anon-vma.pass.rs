// SPDX-License-Identifier: GPL-2.0-only
// LO-3: the mmap lock is not taken under an `anon_vma` lock.
//@in-tree
//@check-pass

use kernel::mm::MmWithUser;
use mmguard::order::{LockScope, NothingHeld};

fn count(held: &mut NothingHeld, mm: &MmWithUser) -> usize {
    held.context(mm).mmap_read_lock().vmas(0).count()
}
