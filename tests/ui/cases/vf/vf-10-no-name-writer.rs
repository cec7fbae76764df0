// SPDX-License-Identifier: GPL-2.0-only
// VF-10: the anonymous name is core mm's to write, and has no writer here.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn unname(vma: &mut VmaWriteGuard<'_>) -> bool {
    vma.set_anon_name(None); //~ E0599
    vma.anon_name().is_none()
}
