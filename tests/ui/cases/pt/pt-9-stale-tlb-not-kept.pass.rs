// SPDX-License-Identifier: GPL-2.0-only
// PT-9: the duty to flush is kept.
//@in-tree
//@check-pass

use mmguard::vma::{lock::{VmaRead, VmaReadGuard}, Vma};

fn flush(vma: VmaReadGuard<'_>) {
    Vma::<'_, VmaRead>::stale_tlb(&vma).leave();
}
