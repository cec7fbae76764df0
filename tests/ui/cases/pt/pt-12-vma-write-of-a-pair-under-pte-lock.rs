// SPDX-License-Identifier: GPL-2.0-only
// PT-12: of two mmap locks, one at a time is the scope for further locks.
//@lock: vma_start_write

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::{mmap::Read, order::{LockContext, LockScope}, table::PmdEntry};

fn f(ctx: &mut LockContext<'_>, mm: &MmWithUser, pmd: &PmdEntry<'_, Read>) -> Result {
    let mut pair = ctx.mmap_write_lock_nested(mm)?;
    let (_, mut scope) = pair.outer_mut().split();
    let table = pmd.lock_pte_table(&mut scope);
    let _ = pair.inner_mut().vma_start_write(0)?; //~ E0499
    drop(table);
    Ok(())
}
