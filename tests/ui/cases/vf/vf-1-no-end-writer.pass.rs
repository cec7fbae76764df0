// SPDX-License-Identifier: GPL-2.0-only
// VF-1: `vm_end` needs the reverse-mapping locks too, so it has no writer here.
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn grow(vma: &mut VmaWriteGuard<'_>, end: usize) -> bool {
    vma.end() == end
}
