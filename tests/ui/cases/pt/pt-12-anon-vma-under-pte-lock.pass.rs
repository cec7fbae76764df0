// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table no lock of the reverse mapping is taken.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::anon_vma::AnonVmaGuard, order::NothingHeld, rmap::i_mmap::RmapRead, vma::lock::VmaReadGuard};

fn lock(mut vma: VmaReadGuard<'_>, nothing: &mut NothingHeld) -> Result {
    let pmd = vma.tables()?.pmd_entry(0).or(Err(ENOENT))?;
    let table = pmd.lock_pte_table(nothing);
    drop(table);
    drop(AnonVmaGuard::<RmapRead>::lock(&mut vma));
    Ok(())
}
