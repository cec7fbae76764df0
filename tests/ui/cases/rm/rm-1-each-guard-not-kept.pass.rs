// SPDX-License-Identifier: GPL-2.0-only
// RM-1: a guard that is not kept releases the lock at once; leaking it is legal.
//@in-tree
//@check-pass

use mmguard::builtin::{anon_vma::AnonVmaGuard, folio::{folio_lock, Folio, LockedFolio}, rmap::mapping_vmas};
use mmguard::order::NothingHeld;
use mmguard::rmap::i_mmap::{IMmapGuard, RmapRead};
use mmguard::vma::stable::StableGuard;

fn lock(vma: &mut StableGuard<'_>) -> Option<()> {
    drop(AnonVmaGuard::<RmapRead>::lock(vma));
    drop(AnonVmaGuard::<RmapRead>::trylock(vma));
    drop(AnonVmaGuard::<RmapRead>::lock(vma)?);
    Some(())
}

fn folio(nothing: &mut NothingHeld, folio: &Folio) {
    drop(folio_lock(nothing, folio));
}

fn lock_of_folio(folio: &mut LockedFolio<'_>) {
    drop(folio.lock_anon_vma_read());
}

fn vmas(anon_vma: &AnonVmaGuard<'_, RmapRead>, i_mmap: &IMmapGuard<'_, RmapRead>) {
    drop(anon_vma.vmas(0..=1));
    drop(mapping_vmas(i_mmap, 0..=1));
}
