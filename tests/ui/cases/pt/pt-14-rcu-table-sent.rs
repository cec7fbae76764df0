// SPDX-License-Identifier: GPL-2.0-only
// PT-14: RCU is left by the task that entered it.
//@lock: PteTableRcu

use mmguard::{mmap::Read, table::pte_rcu::PteTableRcu};

fn to_other_task(_: &dyn Send) {}

fn send(table: PteTableRcu<'_, Read>) {
    to_other_task(&table); //~ E0277
}
