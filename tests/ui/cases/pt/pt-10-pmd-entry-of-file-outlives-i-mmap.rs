// SPDX-License-Identifier: GPL-2.0-only
// PT-10: an entry is looked at while the rmap lock is held, and no longer.
//@in-tree
//@lock: mapping_vmas

use kernel::prelude::*;
use mmguard::{builtin::rmap::mapping_vmas, rmap::i_mmap::{IMmapGuard, RmapRead}};

fn walk(i_mmap: IMmapGuard<'_, RmapRead>) -> Result<bool> {
    let vma = mapping_vmas(&i_mmap, 0..=0).next().ok_or(ENOENT)?;
    let pmd = vma.tables()?.pmd_entry(0).or(Err(ENOENT))?;
    drop(i_mmap); //~ E0505
    Ok(pmd.read_lockless().hint().is_leaf())
}
