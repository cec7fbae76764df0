// SPDX-License-Identifier: GPL-2.0-only
// BUG-3: upstream d8ab9f7b644a: no merge gives a VMA the `anon_vma` of its neighbour.
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn merge(vma: &mut VmaWriteGuard<'_>, next: &VmaWriteGuard<'_>) -> bool {
    vma.end() == next.start()
}
