// SPDX-License-Identifier: GPL-2.0-only
// PT-25: a page is not mapped under a lock that reclaim takes.
//@check-pass

use kernel::{page::Page, prelude::*};
use mmguard::order::level::VmaLock;
use mmguard::{driver::insert_page::vm_insert_page, order::InnerScope, vma::{lock::VmaRead, Vma}};

type Scope<'a> = InnerScope<'a, VmaLock>;

fn map(scope: &mut Scope<'_>, vma: &Vma<'_, VmaRead>, addr: usize, page: &Page) -> Result {
    unsafe { vm_insert_page(scope, vma, addr, page) }
}
