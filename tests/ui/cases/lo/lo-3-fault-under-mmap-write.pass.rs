// SPDX-License-Identifier: GPL-2.0-only
// LO-3: no page is faulted in under the mmap write lock.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::folio::get_user_folio, mmap::{MmGuard, Read}};

fn fault(mm: &mut MmGuard<'_, Read>, addr: usize) -> Result {
    drop(get_user_folio(mm, addr)?);
    Ok(())
}
