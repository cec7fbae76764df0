// SPDX-License-Identifier: GPL-2.0-only
// LS-1: a guard is evidence of a lock, so it cannot be made without taking that.
//@lock: MmGuard

use kernel::mm::MmWithUser;
use mmguard::{MmGuard, Read};

fn count(mm: &MmWithUser) -> usize {
    unsafe { MmGuard::<Read>::from_held(mm) }.vmas(0).count() //~ E0624
}
