// SPDX-License-Identifier: GPL-2.0-only
// LO-5: the locks of two folios are not taken side by side.
//@in-tree
//@lock: LockedFolio

use mmguard::{folio::folio_lock, folio::Folio, folio::LockedFolio, NothingHeld};

fn lock(nothing: &mut NothingHeld, a: &Folio, b: &Folio) -> usize {
    let first: LockedFolio<'_> = folio_lock(nothing, a);
    let second = folio_lock(nothing, b); //~ E0499
    drop(first);
    second.pgoff()
}
