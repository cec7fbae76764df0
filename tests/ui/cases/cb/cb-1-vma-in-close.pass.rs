// SPDX-License-Identifier: GPL-2.0-only
// CB-1: a VMA that goes may be detached, so `close` is not given it.
//@check-pass

use core::ops::Range;
use kernel::sync::ArcBorrow;
use mmguard::driver::{object::VmObject, ops::VmOperations};
use mmguard::{mmap::Write, order::{level::VmaLock, InnerScope}, vma::Vma};

type Object<'a, T> = ArcBorrow<'a, VmObject<T>>;
type Scope<'a> = InnerScope<'a, VmaLock>;

fn close<T: VmOperations>(object: Object<'_, T>, _: &Vma<'_, Write>, pages: Range<usize>, scope: Scope<'_>) {
    T::close(object, pages, scope)
}
