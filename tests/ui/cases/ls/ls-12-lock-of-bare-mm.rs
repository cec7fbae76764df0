// SPDX-License-Identifier: GPL-2.0-only
// LS-12: a bare `Mm` has no users to keep, and gives no lock.
//@lock: mmap_read_lock

use kernel::mm::Mm;
use mmguard::order::LockContext;

fn visit(mm: &Mm) {
    drop(LockContext::new(mm).mmap_read_lock()); //~ E0308
}
