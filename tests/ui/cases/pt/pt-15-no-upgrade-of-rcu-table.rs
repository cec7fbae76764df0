// SPDX-License-Identifier: GPL-2.0-only
// PT-15: a table that was found under RCU has no way to its lock.
//@lock: PteTableRcu

use mmguard::{mmap::Read, table::pte_rcu::PteTableRcu};

fn lock(table: PteTableRcu<'_, Read>) -> usize {
    let table = table.lock(); //~ E0599
    table.end() - table.start()
}
