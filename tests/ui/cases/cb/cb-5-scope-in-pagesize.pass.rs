// SPDX-License-Identifier: GPL-2.0-only
// CB-5: `pagesize` may be called under RCU: there is no scope, and no lock to take.
//@check-pass

use kernel::sync::ArcBorrow;
use mmguard::driver::{object::VmObject, ops::VmOperations};
use mmguard::order::{level::VmaLock, InnerScope};

type Object<'a, T> = ArcBorrow<'a, VmObject<T>>;
type Scope<'a> = InnerScope<'a, VmaLock>;

fn pagesize<T: VmOperations>(object: Object<'_, T>, scope: Option<Scope<'_>>) -> usize {
    match scope {
        Some(_) => T::pagesize(object),
        None => T::pagesize(object),
    }
}
