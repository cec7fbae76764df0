// SPDX-License-Identifier: GPL-2.0-only
// RC-2: whether a VMA is anonymous is asked after it is locked.
//@check-pass

use mmguard::vma::lock::VmaReadGuard;

fn is_anonymous(vma: &VmaReadGuard<'_>) -> bool {
    vma.is_anonymous()
}
