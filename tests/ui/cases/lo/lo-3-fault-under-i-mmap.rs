// SPDX-License-Identifier: GPL-2.0-only
// LO-3: no page is faulted in under `i_mmap_rwsem`: a fault takes the lock of a folio.
//@in-tree
//@lock: MmGuard

use kernel::{fs::LocalFile, prelude::*};
use mmguard::{builtin::folio::get_user_folio, mmap::{MmGuard, Read}, order::LockScope, rmap::i_mmap::i_mmap_lock_read};

fn fault(mm: &mut MmGuard<'_, Read>, file: &LocalFile) -> Result {
    let (mm, mut scope) = mm.split();
    let _i_mmap = i_mmap_lock_read(&mut scope, file);
    let _folio = get_user_folio(mm, 0)?; //~ E0308
    Ok(())
}
