// SPDX-License-Identifier: GPL-2.0-only
// PT-12: RCU is not entered for a page table under a lock that comes after that of tables.
//@check-pass

use mmguard::{mmap::Read, order::{level::{Below, LockLevel, TasklistLock}, mutex::OrderedMutexGuard}, table::{NoTable, PmdEntry}};

struct OwnLock;

impl LockLevel for OwnLock {
    type Place = Below<TasklistLock>;
}

type Own<'a> = OrderedMutexGuard<'a, OwnLock, usize>;

fn count<'a>(scope: &'a mut Own<'_>, pmd: &PmdEntry<'a, Read>) -> Result<usize, NoTable> {
    let table = pmd.map_pte_table_rcu(scope)?;
    Ok(table.end())
}
