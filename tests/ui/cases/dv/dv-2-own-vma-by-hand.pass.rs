// SPDX-License-Identifier: GPL-2.0-only
// DV-2: whose a VMA is, is evidence, and no claim of a driver.
//@check-pass

use mmguard::driver::{object::{LockedObject, VmObject}, ops::VmOperations, own::OwnVma};
use mmguard::vma::{lock::VmaRead, Vma};

fn own<'v, T: VmOperations>(
    object: &'v VmObject<T>,
    locked: &'v LockedObject<'_, T>,
    vma: &'v Vma<'v, VmaRead>,
) -> Option<OwnVma<'v, VmaRead, T>> {
    let _ = (object, locked);
    locked.own(vma)
}
