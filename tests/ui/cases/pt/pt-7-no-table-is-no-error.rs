// SPDX-License-Identifier: GPL-2.0-only
// PT-7: that there is no table is no error, and is not handed on as one.
//@lock: lock_pte_table

use kernel::prelude::*;
use mmguard::*;

type Table<'a> = PteLockGuard<'a, Read>;

fn lock<'a>(scope: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> Result<Table<'a>> {
    scope.lock_pte_table(pmd) //~ E0308
}
