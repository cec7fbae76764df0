// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table no VMA is locked.
//@check-pass

use kernel::prelude::*;
use mmguard::{mmap::{MmGuard, Write}, order::LockScope};

fn next(mm: &mut MmGuard<'_, Write>) -> Result<usize> {
    let (held, mut scope) = mm.split();
    let vma = held.vma_lookup(0).ok_or(EFAULT)?;
    let pmd = vma.tables()?.pmd_entry(0).or(Err(ENOENT))?;
    let table = pmd.lock_pte_table(&mut scope).map_err(|_| EFAULT)?;
    let (start, end) = (table.start(), table.end());
    { drop(table); drop(scope) }
    Ok(mm.vma_start_write(end)?.end() - start)
}
