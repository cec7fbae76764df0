// SPDX-License-Identifier: GPL-2.0-only
// PT-3: pages are not unmapped from a VMA that was found by a reverse mapping: it may be
// a stack in `execve`.
//@in-tree
//@lock: IMmap

use kernel::prelude::*;
use mmguard::driver::{object::LockedObject, ops::VmOperations};
use mmguard::{builtin::rmap::IMmap, vma::Vma};
use mmguard::order::{level::MmapLock, rights::Stabilises, InnerScope};

type Locked<'a, T> = LockedObject<'a, T>;
type Scope<'a> = InnerScope<'a, MmapLock>;

fn zap<T: VmOperations, L: Stabilises>(of: &Locked<'_, T>, scope: &mut Scope<'_>, vma: &Vma<'_, L>) -> Result {
    of.own(vma).ok_or(EFAULT)?.zap(scope, vma.start()..vma.end())
}

fn zap_found<T: VmOperations>(of: &Locked<'_, T>, scope: &mut Scope<'_>, vma: &Vma<'_, IMmap>) -> Result {
    zap(of, scope, vma) //~ E0277
}
