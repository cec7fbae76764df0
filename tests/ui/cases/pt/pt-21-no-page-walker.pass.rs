// SPDX-License-Identifier: GPL-2.0-only
// PT-21: there is no page walker, whose declared lock could be another one than is held.
//@check-pass

use mmguard::mmap::{MmGuard, Read};

fn walk(mm: &MmGuard<'_, Read>) -> usize {
    mm.vmas(0).count()
}
