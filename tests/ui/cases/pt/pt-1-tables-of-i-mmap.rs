// SPDX-License-Identifier: GPL-2.0-only
// PT-1: a lock of a file gives no page tables: its VMAs do.
//@in-tree
//@lock: IMmapGuard

use kernel::prelude::*;
use mmguard::{builtin::rmap, order::LockScope, rmap::i_mmap::{IMmapGuard, RmapRead}};

fn walk(guard: &mut IMmapGuard<'_, RmapRead>) -> Result<bool> {
    let (i_mmap, mut scope) = guard.split();
    let vma = rmap::mapping_vmas(i_mmap, 0..=0).next().map(|_| i_mmap).ok_or(ENOENT)?;
    let pmd = vma.tables()?.pmd_entry(0).or(Err(ENOENT))?; //~ E0599
    let found = pmd.lock_pte_table(&mut scope).is_ok();
    Ok(found)
}
