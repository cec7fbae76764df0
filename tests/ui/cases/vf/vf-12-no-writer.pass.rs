// SPDX-License-Identifier: GPL-2.0-only
// VF-12: policies are core mm's: a module has no writer.
//@module-only
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn size(vma: &VmaWriteGuard<'_>) -> usize {
    vma.end() - vma.start()
}
