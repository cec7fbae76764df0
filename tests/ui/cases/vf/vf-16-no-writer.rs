// SPDX-License-Identifier: GPL-2.0-only
// VF-16: `anon_vma_chain` is core mm's to write, and has no writer.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn unlink(vma: &mut VmaWriteGuard<'_>) -> bool {
    vma.unlink_anon_vmas(); //~ E0599
    vma.has_anon_vma_chain()
}
