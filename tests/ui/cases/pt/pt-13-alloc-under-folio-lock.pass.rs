// SPDX-License-Identifier: GPL-2.0-only
// PT-13: to make a table may wait for memory, and so for the lock of a folio: none is held.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::{folio::LockedFolio, table_alloc::alloc_pte_table}, mmap::Read, vma::{lock::VmaReadGuard, Vma}};

type Scope<'a> = VmaReadGuard<'a>;

fn fill(scope: &mut Scope<'_>, vma: &Vma<'_, Read>, _: &LockedFolio<'_>) -> Result<bool> {
    Ok(alloc_pte_table(scope, vma, 0).is_ok())
}
