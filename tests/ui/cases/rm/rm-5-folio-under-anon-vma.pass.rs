// SPDX-License-Identifier: GPL-2.0-only
// RM-5: a folio is locked before its `anon_vma`, not under it.
//@in-tree
//@check-pass

use mmguard::{builtin::folio::{folio_lock, Folio}, vma::lock::VmaReadGuard};

fn lock(vma: &mut VmaReadGuard<'_>, folio: &Folio) -> Option<()> {
    let mut folio = folio_lock(vma, folio);
    let _anon_vma = folio.lock_anon_vma_read()?;
    Some(())
}
