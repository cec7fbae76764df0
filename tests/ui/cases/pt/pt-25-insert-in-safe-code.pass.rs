// SPDX-License-Identifier: GPL-2.0-only
// PT-25: whose VMA it is, and what is in the page, no lock tells.
//@check-pass

use kernel::{page::Page, prelude::*};
use mmguard::{driver::insert_page::vm_insert_page, order::{level::VmaLock, InnerScope}, vma::{lock::VmaRead, Vma}};

type Scope<'a> = InnerScope<'a, VmaLock>;

fn map(scope: &mut Scope<'_>, vma: &Vma<'_, VmaRead>, page: &Page) -> Result {
    unsafe { vm_insert_page::<_, VmaRead>(scope, vma, vma.start(), page) }
}
