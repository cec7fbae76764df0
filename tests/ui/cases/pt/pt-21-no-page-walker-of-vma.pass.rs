// SPDX-License-Identifier: GPL-2.0-only
// PT-21: there is no page walker, whose declared lock could be another one than is held.
//@check-pass

use mmguard::vma::lock::VmaReadGuard;

fn walk(vma: VmaReadGuard<'_>) -> usize {
    vma.start()
}
