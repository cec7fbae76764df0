// SPDX-License-Identifier: GPL-2.0-only
// VF-10: the anonymous name is core mm's to write, and has no writer here.
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn unname(vma: &mut VmaWriteGuard<'_>) -> bool {
    vma.anon_name().is_none()
}
