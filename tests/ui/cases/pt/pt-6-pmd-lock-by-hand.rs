// SPDX-License-Identifier: GPL-2.0-only
// PT-6: the lock of a table is taken in a scope, and not by hand.
//@lock: PmdLockGuard

use mmguard::{mmap::Read, order::NothingHeld, table::{pmd_lock::PmdLockGuard, PmdEntry}};

fn lock<'a>(_nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> bool {
    PmdLockGuard::lock(pmd).get().is_leaf() //~ E0624
}
