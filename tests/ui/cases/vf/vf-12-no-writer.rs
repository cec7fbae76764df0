// SPDX-License-Identifier: GPL-2.0-only
// VF-12: policies are core mm's: a module has no writer.
//@module-only
//@lock: VmaWriteGuard

use mmguard::{builtin::mempolicy::set_vm_policy, vma::lock::VmaWriteGuard}; //~ E0433

fn size(vma: &VmaWriteGuard<'_>) -> usize {
    vma.end() - vma.start()
}
