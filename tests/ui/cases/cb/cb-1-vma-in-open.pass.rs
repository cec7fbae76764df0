// SPDX-License-Identifier: GPL-2.0-only
// CB-1: a VMA that comes is not yet what it will be, so `open` is not given it.
//@check-pass

use core::ops::Range;
use kernel::sync::ArcBorrow;
use mmguard::driver::{object::VmObject, ops::VmOperations};
use mmguard::{mmap::Write, order::{level::VmaLock, InnerScope}, vma::Vma};

type Object<'a, T> = ArcBorrow<'a, VmObject<T>>;
type Scope<'a> = InnerScope<'a, VmaLock>;

fn open<T: VmOperations>(object: Object<'_, T>, _: &Vma<'_, Write>, pages: Range<usize>, scope: Scope<'_>) {
    T::open(object, pages, scope)
}
