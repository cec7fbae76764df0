// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table the mmap lock is not taken.
//@check-pass

use kernel::prelude::*;
use mmguard::order::{LockContext, NothingHeld};

fn count(ctx: &mut LockContext<'_>, nothing: &mut NothingHeld) -> Result<usize> {
    let vma = LockContext::stabilise(ctx, 0)?;
    let pmd = vma.tables()?.pmd_entry(0).or(Err(ENOENT))?;
    let table = pmd.lock_pte_table(nothing).map_err(|_| EFAULT)?;
    let end = table.end();
    { drop(table); drop(vma) }
    Ok(ctx.mmap_read_lock().vmas(end).count())
}
