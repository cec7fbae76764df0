// SPDX-License-Identifier: GPL-2.0-only
// LO-1: the order of locks is that of the table, the chain of hugetlb included.
//@lock: HugetlbVmaLock

use mmguard::order::level::{After, HugetlbFaultMutex, HugetlbVmaLock, LockLevel};

fn nested<Outer: LockLevel, Inner: After<Outer>>() {}

fn order() {
    nested::<HugetlbVmaLock, HugetlbFaultMutex>(); //~ E0277
}
