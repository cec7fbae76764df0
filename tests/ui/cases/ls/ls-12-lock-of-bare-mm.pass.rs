// SPDX-License-Identifier: GPL-2.0-only
// LS-12: a bare `Mm` has no users to keep, and gives no lock.
//@check-pass

use kernel::mm::MmWithUser;
use mmguard::order::LockContext;

fn visit(mm: &MmWithUser) {
    drop(LockContext::new(mm).mmap_read_lock());
}
