// SPDX-License-Identifier: GPL-2.0-only
// VF-23: the tracking of PFN maps is not exposed.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn first(vma: &mut VmaWriteGuard<'_>) -> usize {
    vma.pfnmap_track_ctx().pfn() //~ E0599
}
