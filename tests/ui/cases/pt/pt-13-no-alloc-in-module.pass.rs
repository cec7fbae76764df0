// SPDX-License-Identifier: GPL-2.0-only
// PT-13: tables are made by core mm, and not by modules.
//@module-only
//@check-pass

use mmguard::{rmap::i_mmap::i_mmap_lock_read as change, order::{level::PageTableLock, NothingHeld}};

fn all(_: PageTableLock) {
    let _ = change::<NothingHeld>;
}
