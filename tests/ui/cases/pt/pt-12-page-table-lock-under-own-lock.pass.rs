// SPDX-License-Identifier: GPL-2.0-only
// PT-12: a page table is not locked under a lock that comes after it.
//@check-pass

use mmguard::{mmap::Read, order::{level::{Below, LockLevel, TasklistLock}, mutex::OrderedMutexGuard}, table::{NoTable, PudEntry}};

struct OwnLock;

impl LockLevel for OwnLock {
    type Place = Below<TasklistLock>;
}

type Own<'a> = OrderedMutexGuard<'a, OwnLock, usize>;

fn count<'a>(scope: &'a mut Own<'_>, pud: &PudEntry<'a, Read>) -> Result<usize, NoTable> {
    let table = pud.page_table_lock(scope);
    Ok(table.no_table().is_some() as usize)
}
