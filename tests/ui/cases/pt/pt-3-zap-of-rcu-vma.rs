// SPDX-License-Identifier: GPL-2.0-only
// PT-3: pages are unmapped from a VMA that is locked.
//@lock: Vma<'_, Read>

use mmguard::driver::{object::LockedObject, ops::VmOperations};
use mmguard::{mmap::Read, vma::{rcu::RcuVma, Vma}};

type Locked<'a, T> = LockedObject<'a, T>;

fn is_own<T: VmOperations>(locked: &Locked<'_, T>, _held: &Vma<'_, Read>, vma: &RcuVma<'_>) -> bool {
    locked.own::<Read>(vma).is_some() //~ E0308
}
