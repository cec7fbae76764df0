// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: the lock of an object is dropped by the task that took it.
//@check-pass

use mmguard::driver::{object::ObjectGuard, ops::VmOperations};

fn to_other_task<'a>(_: &(dyn Send + 'a)) {}

fn send<T: VmOperations<State = usize>>(guard: ObjectGuard<'_, T>) {
    to_other_task(&*guard);
}
