// SPDX-License-Identifier: GPL-2.0-only
// DV-11: what is mapped at `mmap` is not reached at that moment, and so is not taken back.
//@driver: PagesAtMmap

use mmguard::driver::{kind::PagesAtMmap, object::LockedObject, ops::VmOperations};
use mmguard::order::{level::VmaLock, InnerScope};

type Scope<'a> = InnerScope<'a, VmaLock>;

fn revoke<T: VmOperations<Kind = PagesAtMmap>>(locked: &LockedObject<'_, T>, scope: &mut Scope<'_>) {
    locked.revoke(scope, 0..1) //~ E0277
}
