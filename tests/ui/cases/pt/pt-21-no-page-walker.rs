// SPDX-License-Identifier: GPL-2.0-only
// PT-21: there is no page walker, whose declared lock could be another one than is held.
//@lock: MmGuard<'_, Read>

use mmguard::mmap::{MmGuard, Read};

fn walk(mm: &MmGuard<'_, Read>) -> usize {
    mm.walk_page_range(0..4096); //~ E0599
    mm.vmas(0).count()
}
