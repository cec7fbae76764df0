// SPDX-License-Identifier: GPL-2.0-only
// BUG-10: the kernel's own method, which checks too little, takes no guard.
//@lock: VmaRead

use kernel::{page::PAGE_SIZE, prelude::*};
use mmguard::driver::{ops::VmOperations, own::OwnVma};
use mmguard::{order::{level::VmaLock, InnerScope}, vma::lock::VmaRead};

type Scope<'a> = InnerScope<'a, VmaLock>;

fn zap<T: VmOperations>(own: &OwnVma<'_, VmaRead, T>, scope: &mut Scope<'_>) -> Result {
    let start = own.vma().start();
    own.zap(scope, start..start)?;
    kernel::mm::virt::VmaRef::zap_vma_range(own.vma(), start, PAGE_SIZE); //~ E0308
    Ok(())
}
