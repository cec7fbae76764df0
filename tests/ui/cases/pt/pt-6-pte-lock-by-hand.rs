// SPDX-License-Identifier: GPL-2.0-only
// PT-6: the lock of a table is taken in a scope, and not by hand.
//@lock: PteLockGuard

use mmguard::{mmap::Read, order::NothingHeld, table::{pte_lock::PteLockGuard, PmdEntry}};

fn lock<'a>(_nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> bool {
    PteLockGuard::lock(pmd).is_ok() //~ E0624
}
