// SPDX-License-Identifier: GPL-2.0-only
// PT-7: that there is no table is no error, and is not handed on as one.
//@check-pass

use kernel::prelude::*;
use mmguard::*;

type Table<'a> = PteLockGuard<'a, Read>;

fn lock<'a>(scope: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> Result<Table<'a>, NoTable> {
    scope.lock_pte_table(pmd)
}
