// SPDX-License-Identifier: GPL-2.0-only
// PT-21: there is no page walker, whose declared lock could be another one than is held.
//@lock: VmaReadGuard

use mmguard::vma::lock::VmaReadGuard;

fn walk(vma: VmaReadGuard<'_>) -> usize {
    vma.walk_page_vma(); //~ E0599
    vma.start()
}
