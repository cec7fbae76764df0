// SPDX-License-Identifier: GPL-2.0-only
// RM-5: the `anon_vma` of a folio is reached with the folio locked.
//@in-tree
//@lock: lock_anon_vma_read

use mmguard::{builtin::folio::Folio, order::NothingHeld};

fn is_mapped(nothing: &mut NothingHeld, folio: &Folio) -> bool {
    folio.lock_anon_vma_read().is_some() //~ E0599
}
