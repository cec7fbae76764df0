// SPDX-License-Identifier: GPL-2.0-only
// DV-2: a VMA is known as one of an object, with the type of its operations.
//@driver: OwnVma

use mmguard::driver::{object::LockedObject, ops::VmOperations, own::OwnVma};
use mmguard::vma::{lock::VmaRead, Vma};

type Own<'v, T> = Option<OwnVma<'v, VmaRead, T>>;

fn own<'v, A: VmOperations, B: VmOperations>(
    a: &'v LockedObject<'_, A>,
    b: &'v LockedObject<'_, B>,
    vma: &'v Vma<'_, VmaRead>,
) -> (Own<'v, A>, Own<'v, B>) {
    (a.own(vma), a.own(vma)) //~ E0308
}
