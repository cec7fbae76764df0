// SPDX-License-Identifier: GPL-2.0-only
// LS-1: a guard is evidence of a lock, so it cannot be made by hand.
//@lock: VmaReadGuard

use mmguard::vma::{lock::{VmaRead, VmaReadGuard}, Vma};

fn start<'a>(_vma: Vma<'a, VmaRead>, guard: VmaReadGuard<'a>) -> usize {
    VmaReadGuard { vma: _vma }.start() + guard.start() //~ E0451
}
