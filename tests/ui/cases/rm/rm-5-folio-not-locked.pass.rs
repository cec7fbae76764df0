// SPDX-License-Identifier: GPL-2.0-only
// RM-5: the `anon_vma` of a folio is reached with the folio locked.
//@in-tree
//@check-pass

use mmguard::{builtin::folio::{folio_lock, Folio}, order::NothingHeld};

fn is_mapped(nothing: &mut NothingHeld, folio: &Folio) -> bool {
    folio_lock(nothing, folio).lock_anon_vma_read().is_some()
}
