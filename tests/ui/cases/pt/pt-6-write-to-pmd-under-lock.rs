// SPDX-License-Identifier: GPL-2.0-only
// PT-6: an entry that may lead to a table is not changed, the lock of its table notwithstanding.
//@lock: PmdLockGuard

use mmguard::{mmap::Read, table::{pmd_lock::PmdLockGuard, PmdEntry}};

fn split(pmd: &PmdLockGuard<'_, Read>, _entry: PmdEntry<'_, Read>) -> bool {
    pmd.set_pmd(pmd.get()); //~ E0599
    pmd.get().is_leaf()
}
