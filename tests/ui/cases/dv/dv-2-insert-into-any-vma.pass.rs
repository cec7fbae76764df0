// SPDX-License-Identifier: GPL-2.0-only
// DV-2: pages are mapped into a VMA that is known as one of the object.
//@check-pass

use kernel::prelude::*;
use mmguard::driver::{kind::Pages, object::LockedObject, ops::VmOperations, own::OwnVma, page::UserPage};
use mmguard::{order::{level::VmaLock, InnerScope}, vma::{lock::VmaRead, Vma}};

type Scope<'a> = InnerScope<'a, VmaLock>;

fn map<T>(locked: &LockedObject<'_, T>, scope: &mut Scope<'_>, vma: &Vma<'_, VmaRead>, page: &UserPage) -> Result
where
    T: VmOperations<Kind = Pages>,
{
    let own = locked.own(vma).ok_or(EFAULT)?;
    OwnVma::<VmaRead, T>::insert(&own, scope, 0, page)
}
