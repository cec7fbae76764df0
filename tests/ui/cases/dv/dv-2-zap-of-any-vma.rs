// SPDX-License-Identifier: GPL-2.0-only
// DV-2: pages are unmapped from a VMA that is known as one of the object.
//@driver: OwnVma

use kernel::{page::PAGE_SIZE, prelude::*};
use mmguard::driver::{object::LockedObject, ops::VmOperations, own::OwnVma};
use mmguard::{order::{level::VmaLock, InnerScope}, vma::{lock::VmaRead, Vma}};

type Scope<'a> = InnerScope<'a, VmaLock>;

fn zap<T: VmOperations>(locked: &LockedObject<'_, T>, scope: &mut Scope<'_>, vma: &Vma<'_, VmaRead>) -> Result {
    let own = locked.own(vma).ok_or(EFAULT)?;
    OwnVma::<VmaRead, T>::zap(vma, scope, own.vma().start()..vma.start() + PAGE_SIZE) //~ E0308
}
