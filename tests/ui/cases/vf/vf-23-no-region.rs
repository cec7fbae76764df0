// SPDX-License-Identifier: GPL-2.0-only
// VF-23: `vm_region` is not exposed.
//@lock: VmaReadGuard

use mmguard::vma::lock::VmaReadGuard;

fn first(vma: &VmaReadGuard<'_>) -> usize {
    vma.vm_region().start() //~ E0599
}
