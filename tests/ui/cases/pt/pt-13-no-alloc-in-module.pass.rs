// SPDX-License-Identifier: GPL-2.0-only
// PT-13: tables are made by core mm, and not by modules.
//@module-only
//@check-pass

use mmguard::{zap_vma_range as change, order::PageTableLock, *};

fn all(_: PageTableLock) {
    let _ = change::<NothingHeld, Read>;
}
