// SPDX-License-Identifier: GPL-2.0-only
// PT-7: that there is no table is no error, and is not handed on as one.
//@lock: lock_pte_table

use kernel::prelude::*;
use mmguard::{mmap::Read, order::NothingHeld, table::{pte_lock::PteLockGuard, PmdEntry}};

type Table<'a> = PteLockGuard<'a, Read>;

fn lock<'a>(scope: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> Result<Table<'a>> {
    pmd.lock_pte_table(scope) //~ E0308
}
