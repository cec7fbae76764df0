// SPDX-License-Identifier: GPL-2.0-only
// LS-6: a module cannot take all locks of the reverse mappings: there is no such guard.
//@module-only
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn size(vma: &VmaWriteGuard<'_>) -> usize {
    vma.end() - vma.start()
}
