// SPDX-License-Identifier: GPL-2.0-only
// LO-5: the locks of two folios are not taken side by side.
//@in-tree
//@check-pass

use mmguard::{builtin::folio::{folio_lock, Folio, LockedFolio}, order::NothingHeld};

fn lock(nothing: &mut NothingHeld, a: &Folio, b: &Folio) -> usize {
    let first: LockedFolio<'_> = folio_lock(nothing, a);
    drop(first);
    let second = folio_lock(nothing, b);
    second.pgoff()
}
