// SPDX-License-Identifier: GPL-2.0-only
// VF-9: whose a VMA is, is not known under an rmap lock alone.
//@in-tree
//@check-pass

use mmguard::{mmap::Read, vma::Vma};
use mmguard::driver::{object::LockedObject, ops::VmOperations};

fn is_own<T: VmOperations>(locked: &LockedObject<'_, T>, vma: &Vma<'_, Read>) -> bool {
    locked.own(vma).is_some()
}
