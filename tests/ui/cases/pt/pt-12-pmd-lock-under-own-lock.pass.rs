// SPDX-License-Identifier: GPL-2.0-only
// PT-12: a page table is not locked under a lock that comes after it.
//@check-pass

use mmguard::{mmap::Read, order::{level::{Below, LockLevel, TasklistLock}, mutex::OrderedMutexGuard}, table::{NoTable, PmdEntry}};

struct OwnLock;

impl LockLevel for OwnLock {
    type Place = Below<TasklistLock>;
}

type Own<'a> = OrderedMutexGuard<'a, OwnLock, usize>;

fn count<'a>(scope: &'a mut Own<'_>, pmd: &PmdEntry<'a, Read>) -> Result<usize, NoTable> {
    let table = pmd.lock_pmd_table(scope);
    Ok(table.get().is_leaf() as usize)
}
