// SPDX-License-Identifier: GPL-2.0-only
// PT-25: a page is not mapped under an rmap lock alone.
//@in-tree
//@lock: IMmap

use kernel::{page::Page, prelude::*};
use mmguard::order::level::VmaLock;
use mmguard::{builtin::rmap::IMmap, driver::insert_page::vm_insert_page, order::InnerScope, vma::Vma};

type Scope<'a> = InnerScope<'a, VmaLock>;

fn map(scope: &mut Scope<'_>, vma: &Vma<'_, IMmap>, addr: usize, page: &Page) -> Result {
    unsafe { vm_insert_page(scope, vma, addr, page) } //~ E0277
}
