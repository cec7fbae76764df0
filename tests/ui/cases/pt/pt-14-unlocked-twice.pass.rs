// SPDX-License-Identifier: GPL-2.0-only
// PT-14: a table is unlocked once.
//@check-pass

use mmguard::{PteLockGuard, Read};

fn unlock(table: PteLockGuard<'_, Read>) {
    drop(table);
}
