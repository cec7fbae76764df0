// SPDX-License-Identifier: GPL-2.0-only
// LS-1: a guard is evidence of a lock, so it cannot be made without taking that.
//@check-pass

use kernel::mm::MmWithUser;
use mmguard::order::LockContext;

fn count(mm: &MmWithUser) -> usize {
    LockContext::new(mm).mmap_read_lock().vmas(0).count()
}
