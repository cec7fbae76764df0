// SPDX-License-Identifier: GPL-2.0-only
// BUG-3: upstream d8ab9f7b644a: no merge gives a VMA the `anon_vma` of its neighbour.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn merge(vma: &mut VmaWriteGuard<'_>, next: &VmaWriteGuard<'_>) -> bool {
    vma.anon_vma_clone(next); //~ E0599
    vma.end() == next.start()
}
