// SPDX-License-Identifier: GPL-2.0-only
// DV-11: one task at a time maps what an object has, even if its lock is never released.
//@lock: LockedObject

use mmguard::driver::{object::LockedObject, ops::VmOperations};

fn to_other_task<T: Send>(_: T) {}

fn share<T: VmOperations>(locked: &'static LockedObject<'static, T>) {
    to_other_task(locked); //~ E0277
}
