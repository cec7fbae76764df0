// SPDX-License-Identifier: GPL-2.0-only
// PT-10: a PMD entry is not followed without the lock of the table below it.
//@lock: lock_pte_table

use mmguard::{LockScope, NothingHeld, PmdEntry, Read};

fn walk<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> bool {
    let _ = nothing.split();
    pmd.lock_pte_table().is_ok() //~ E0599
}
