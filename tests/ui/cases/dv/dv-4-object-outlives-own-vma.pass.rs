// SPDX-License-Identifier: GPL-2.0-only
// DV-4: the object is reached through a VMA of its own for as long as that is locked.
//@check-pass

use mmguard::driver::{object::VmObject, ops::VmOperations, own::OwnVma};
use mmguard::vma::lock::VmaRead;

fn object<'k, T: VmOperations>(own: &'k OwnVma<'_, VmaRead, T>) -> &'k VmObject<T> {
    OwnVma::object(own)
}

fn kept<'k, T: VmOperations>(of: &'k OwnVma<'k, VmaRead, T>) -> &'k VmObject<T> {
    OwnVma::object(of)
}
