// SPDX-License-Identifier: GPL-2.0-only
// PT-12: a page table is not locked under a lock that comes after it.
//@lock: PageTableLock

use mmguard::{order::*, *};

struct OwnLock;

impl LockLevel for OwnLock {
    type Place = Below<PageTableLock>;
}

type Own<'a> = OrderedMutexGuard<'a, OwnLock, usize>;

fn count<'a>(scope: &'a mut Own<'_>, pmd: &PmdEntry<'a, Read>) -> Result<usize, NoTable> {
    let table = scope.lock_pmd_table(pmd); //~ E0277
    Ok(table.get().is_leaf() as usize)
}
