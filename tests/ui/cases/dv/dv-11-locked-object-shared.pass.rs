// SPDX-License-Identifier: GPL-2.0-only
// DV-11: one task at a time maps what an object has, even if its lock is never released.
//@check-pass

use mmguard::driver::{object::VmObject, ops::VmOperations};

fn to_other_task<T: Send>(_: T) {}

fn share<T: VmOperations>(object: &'static VmObject<T>) {
    to_other_task(object);
}
