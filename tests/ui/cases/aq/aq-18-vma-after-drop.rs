// SPDX-License-Identifier: GPL-2.0-only
// AQ-18: nothing touches a VMA, or its mm, after its read lock is dropped.
//@lock: VmaReadGuard

use mmguard::vma::lock::VmaReadGuard;

fn is_locked(mut vma: VmaReadGuard<'_>) -> bool {
    drop(vma);
    vma.mmap_read_trylock().is_none() //~ E0382
}
