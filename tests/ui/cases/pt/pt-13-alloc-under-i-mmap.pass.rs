// SPDX-License-Identifier: GPL-2.0-only
// PT-13: to make a table may wait for memory, and so for an rmap lock: none is held.
//@in-tree
//@check-pass

use kernel::{fs::LocalFile, prelude::*};
use mmguard::{builtin::table_alloc::alloc_pte_table, order::LockScope, rmap::i_mmap::i_mmap_lock_read, vma::lock::VmaReadGuard};

fn fill(guard: &mut VmaReadGuard<'_>, file: &LocalFile) -> Result<bool> {
    let (vma, mut scope) = guard.split();
    drop(i_mmap_lock_read(&mut scope, file));
    let found = alloc_pte_table(&mut scope, vma, 0).is_ok();
    Ok(found)
}
