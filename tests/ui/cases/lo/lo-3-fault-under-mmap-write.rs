// SPDX-License-Identifier: GPL-2.0-only
// LO-3: no page is faulted in under the mmap write lock.
//@in-tree
//@lock: mmap lock

use kernel::prelude::*;
use mmguard::{builtin::folio::get_user_folio, mmap::{MmGuard, Write}};

fn fault(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result {
    drop(get_user_folio(mm, addr)?); //~ E0277
    Ok(())
}
