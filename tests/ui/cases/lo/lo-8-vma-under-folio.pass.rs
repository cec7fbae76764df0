// SPDX-License-Identifier: GPL-2.0-only
// LO-8: the VMA lock is directly below the mmap lock: it is not taken under a folio's.
//@in-tree
//@check-pass

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::{builtin::folio::{folio_lock, Folio}, order::{LockScope, NothingHeld}};

fn lock(nothing: &mut NothingHeld, mm: &MmWithUser, folio: &Folio) -> Result {
    let mut ctx = nothing.context(mm);
    let mut vma = ctx.lock_vma_under_rcu(0).map_err(|_| EAGAIN)?;
    let _folio = folio_lock(&mut vma, folio);
    Ok(())
}
