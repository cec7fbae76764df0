// SPDX-License-Identifier: GPL-2.0-only
// PT-25: a page is not mapped under an rmap lock alone.
//@in-tree
//@lock: IMmap

use kernel::prelude::*;
use mmguard::driver::{kind::Pages, object::LockedObject, ops::VmOperations, page::UserPage};
use mmguard::{builtin::rmap::IMmap, vma::Vma};
use mmguard::order::{level::VmaLock, rights::Stabilises, InnerScope};

struct Put<'a, T: VmOperations>(&'a LockedObject<'a, T>, InnerScope<'a, VmaLock>);

impl<T: VmOperations<Kind = Pages>> Put<'_, T> {
    fn put<L: Stabilises>(&mut self, vma: &Vma<'_, L>, page: &UserPage) -> Result {
        self.0.own(vma).ok_or(EFAULT)?.insert(&mut self.1, 0, page)
    }

    fn put_found(&mut self, vma: &Vma<'_, IMmap>, page: &UserPage) -> Result {
        self.put(vma, page) //~ E0277
    }
}
