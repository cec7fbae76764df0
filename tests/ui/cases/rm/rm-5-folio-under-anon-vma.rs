// SPDX-License-Identifier: GPL-2.0-only
// RM-5: a folio is locked before its `anon_vma`, not under it.
//@in-tree
//@lock: FolioLock

use mmguard::{builtin::{anon_vma::AnonVmaGuard, folio::{folio_lock, Folio}}, rmap::i_mmap::RmapRead, vma::lock::VmaReadGuard};

fn lock(vma: &mut VmaReadGuard<'_>, folio: &Folio) -> Option<()> {
    let mut anon_vma = AnonVmaGuard::<RmapRead>::lock(vma)?;
    let _folio = folio_lock(&mut anon_vma, folio); //~ E0277
    Some(())
}
