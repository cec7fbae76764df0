// SPDX-License-Identifier: GPL-2.0-only
// VF-16: `anon_vma_chain` is core mm's to write, and has no writer.
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn unlink(vma: &mut VmaWriteGuard<'_>) -> bool {
    vma.has_anon_vma_chain()
}
