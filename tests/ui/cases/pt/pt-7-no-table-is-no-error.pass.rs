// SPDX-License-Identifier: GPL-2.0-only
// PT-7: that there is no table is no error, and is not handed on as one.
//@check-pass

use kernel::prelude::*;
use mmguard::{mmap::Read, order::NothingHeld, table::{pte_lock::PteLockGuard, NoTable, PmdEntry}};

type Table<'a> = PteLockGuard<'a, Read>;

fn lock<'a>(scope: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> Result<Table<'a>, NoTable> {
    pmd.lock_pte_table(scope)
}
