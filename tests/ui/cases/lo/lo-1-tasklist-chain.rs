// SPDX-License-Identifier: GPL-2.0-only
// LO-1: the order of locks is that of the table, the chain of `tasklist_lock` included.
//@lock: AnonVmaRwsem

use mmguard::order::level::{After, AnonVmaRwsem, LockLevel, TasklistLock};

fn nested<Outer: LockLevel, Inner: After<Outer>>() {}

fn order() {
    nested::<TasklistLock, AnonVmaRwsem>(); //~ E0277
}
