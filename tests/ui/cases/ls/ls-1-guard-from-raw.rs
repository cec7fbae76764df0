// SPDX-License-Identifier: GPL-2.0-only
// LS-1: a guard is evidence of a lock, so it cannot be made without taking that.
//@lock: MmGuard

use kernel::mm::MmWithUser;
use mmguard::mmap::{MmGuard, Read};

fn count(mm: &MmWithUser) -> usize {
    MmGuard::<Read>::from_raw(mm).vmas(0).count() //~ E0133
}
