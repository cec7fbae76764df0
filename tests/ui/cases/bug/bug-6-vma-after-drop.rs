// SPDX-License-Identifier: GPL-2.0-only
// BUG-6: upstream 9bbffee67ffd: a VMA's mm reached by a VMA lock that was dropped.
//@lock: VmaReadGuard

use mmguard::vma::lock::VmaReadGuard;

fn is_free(mut vma: VmaReadGuard<'_>) -> bool {
    drop(vma);
    vma.mmap_read_trylock().is_some() //~ E0382
}
