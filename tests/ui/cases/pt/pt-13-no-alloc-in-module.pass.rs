// SPDX-License-Identifier: GPL-2.0-only
// PT-13: tables are made by core mm, and not by modules.
//@module-only
//@check-pass

use mmguard::{driver::zap::zap_vma_range as change, mmap::Read, order::{level::PageTableLock, NothingHeld}};

fn all(_: PageTableLock) {
    let _ = change::<NothingHeld, Read>;
}
