// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table no lock of the reverse mapping is taken.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{anon_vma::AnonVmaGuard, *};

fn lock(mut vma: VmaReadGuard<'_>, nothing: &mut NothingHeld) -> Result {
    let pmd = vma.tables()?.pmd_entry(0).or(Err(ENOENT))?;
    let table = nothing.lock_pte_table(&pmd);
    drop(table);
    drop(AnonVmaGuard::<RmapRead>::lock(&mut vma));
    Ok(())
}
