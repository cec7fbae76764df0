// SPDX-License-Identifier: GPL-2.0-only
// PT-10: a PMD entry is not followed without the lock of the table below it.
//@check-pass

use mmguard::{LockScope, NothingHeld, PmdEntry, Read};

fn walk<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> bool {
    nothing.lock_pte_table(pmd).is_ok()
}
