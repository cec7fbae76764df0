// SPDX-License-Identifier: GPL-2.0-only
// LO-3: no page is faulted in under `i_mmap_rwsem`: a fault takes the lock of a folio.
//@in-tree
//@check-pass

use kernel::{fs::LocalFile, prelude::*};
use mmguard::{builtin::folio::get_user_folio, mmap::{MmGuard, Read}, rmap::i_mmap::i_mmap_lock_read};

fn fault(mm: &mut MmGuard<'_, Read>, file: &LocalFile) -> Result {
    drop(i_mmap_lock_read(mm, file));
    let _folio = get_user_folio(mm, 0)?;
    Ok(())
}
