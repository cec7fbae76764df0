// SPDX-License-Identifier: GPL-2.0-only
// VF-13: the NUMA balancing state is core mm's to begin, and has no writer.
//@in-tree
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn begin(vma: &mut VmaWriteGuard<'_>) -> bool {
    vma.begin_scan(); //~ E0599
    vma.has_numab_state()
}
