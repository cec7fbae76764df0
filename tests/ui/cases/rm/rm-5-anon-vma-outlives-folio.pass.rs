// SPDX-License-Identifier: GPL-2.0-only
// RM-5: the folio stays locked while its `anon_vma` is.
//@in-tree
//@check-pass

use mmguard::builtin::folio::LockedFolio;

fn find(mut folio: LockedFolio<'_>) -> Option<bool> {
    let anon_vma = folio.lock_anon_vma_read()?;
    let found = anon_vma.vmas(0..=0).next().is_some();
    drop(anon_vma);
    Some(found)
}
