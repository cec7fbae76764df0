// SPDX-License-Identifier: GPL-2.0-only
// PT-1: an `anon_vma` lock gives no page tables: the VMAs of its tree do.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::anon_vma::AnonVmaGuard, order::LockScope, rmap::i_mmap::RmapRead};

fn walk(guard: &mut AnonVmaGuard<'_, RmapRead>) -> Result<bool> {
    let (anon_vma, mut scope) = guard.split();
    let vma = anon_vma.vmas(0..=0).next().ok_or(ENOENT)?;
    let pmd = vma.tables()?.pmd_entry(0).or(Err(ENOENT))?;
    let found = pmd.lock_pte_table(&mut scope).is_ok();
    Ok(found)
}
