// SPDX-License-Identifier: GPL-2.0-only
// RM-7: the lock of a folio's `anon_vma` is not taken twice.
//@in-tree
//@check-pass

use mmguard::builtin::folio::LockedFolio;

fn find(folio: &mut LockedFolio<'_>) -> Option<bool> {
    let one = folio.lock_anon_vma_read()?.vmas(0..=0).next().is_some();
    let two = folio.lock_anon_vma_read()?;
    Some(one && two.vmas(1..=1).next().is_some())
}
