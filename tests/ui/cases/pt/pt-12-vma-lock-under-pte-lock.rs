// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table no VMA is locked.
//@lock: LockContext

use kernel::prelude::*;
use mmguard::order::{LockContext, NothingHeld};

fn next(ctx: &mut LockContext<'_>, nothing: &mut NothingHeld) -> Result<bool> {
    let vma = LockContext::stabilise(ctx, 0)?;
    let pmd = vma.tables()?.pmd_entry(0).or(Err(ENOENT))?;
    let table = pmd.lock_pte_table(nothing).map_err(|_| EFAULT)?;
    let next = ctx.lock_vma_under_rcu(table.end()); //~ E0499
    Ok(next.is_ok() && table.get(0)?.is_young())
}
