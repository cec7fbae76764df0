// SPDX-License-Identifier: GPL-2.0-only
// VF-13: the NUMA balancing state is core mm's to begin, and has no writer.
//@in-tree
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn begin(vma: &mut VmaWriteGuard<'_>) -> bool {
    vma.has_numab_state()
}
