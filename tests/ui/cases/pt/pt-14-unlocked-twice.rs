// SPDX-License-Identifier: GPL-2.0-only
// PT-14: a table is unlocked once.
//@lock: PteLockGuard

use mmguard::{PteLockGuard, Read};

fn unlock(table: PteLockGuard<'_, Read>) {
    drop(table);
    drop(table); //~ E0382
}
