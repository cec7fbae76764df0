// SPDX-License-Identifier: GPL-2.0-only
// LO-8: the VMA lock is directly below the mmap lock: it is not taken under a folio's.
//@in-tree
//@lock: VmaLock

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::{builtin::folio::{folio_lock, Folio}, order::{LockScope, NothingHeld}};

fn lock(nothing: &mut NothingHeld, mm: &MmWithUser, folio: &Folio) -> Result {
    let mut folio = folio_lock(nothing, folio);
    let mut ctx = folio.context(mm);
    let _vma = ctx.lock_vma_under_rcu(0).map_err(|_| EAGAIN)?; //~ E0277
    Ok(())
}
