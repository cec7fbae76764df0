// SPDX-License-Identifier: GPL-2.0-only
// RM-1: a guard that is not kept releases the lock at once; leaking it is legal.
//@in-tree
//@lock: AnonVmaGuard

use mmguard::builtin::{anon_vma::AnonVmaGuard, folio::{folio_lock, Folio, LockedFolio}, rmap::mapping_vmas};
use mmguard::order::NothingHeld;
use mmguard::rmap::i_mmap::{IMmapGuard, RmapRead};
use mmguard::vma::stable::StableGuard;

fn lock(vma: &mut StableGuard<'_>) -> Option<()> {
    AnonVmaGuard::<RmapRead>::lock(vma); //~ unused_must_use
    AnonVmaGuard::<RmapRead>::trylock(vma); //~ unused_must_use
    AnonVmaGuard::<RmapRead>::lock(vma)?; //~ unused_must_use
    Some(())
}

fn folio(nothing: &mut NothingHeld, folio: &Folio) {
    folio_lock(nothing, folio); //~ unused_must_use
}

fn lock_of_folio(folio: &mut LockedFolio<'_>) {
    folio.lock_anon_vma_read(); //~ unused_must_use
}

fn vmas(anon_vma: &AnonVmaGuard<'_, RmapRead>, i_mmap: &IMmapGuard<'_, RmapRead>) {
    anon_vma.vmas(0..=1); //~ unused_must_use
    mapping_vmas(i_mmap, 0..=1); //~ unused_must_use
}
