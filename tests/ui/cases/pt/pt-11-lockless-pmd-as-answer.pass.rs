// SPDX-License-Identifier: GPL-2.0-only
// PT-11: a PMD entry that is read without the lock of its table is a hint.
//@check-pass

use mmguard::{LockScope, NothingHeld, PmdEntry, Read};

fn is_leaf<'a>(scope: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> bool {
    pmd.read_lockless().hint().is_leaf() && scope.lock_pmd_table(pmd).get().is_leaf()
}
