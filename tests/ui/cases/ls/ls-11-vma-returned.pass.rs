// SPDX-License-Identifier: GPL-2.0-only
// LS-11: no VMA outlives the guard that stabilises it.
//@check-pass

use mmguard::{mmap::{MmGuard, Read}, vma::Vma};

fn first<'a>(mm: &'a MmGuard<'_, Read>) -> Option<Vma<'a, Read>> {
    mm.vmas(0).next()
}
