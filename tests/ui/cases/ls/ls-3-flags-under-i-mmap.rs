// SPDX-License-Identifier: GPL-2.0-only
// LS-3: under an rmap lock alone the flags are a single, unstable load.
//@in-tree
//@lock: IMmap

use kernel::mm::virt::flags;
use mmguard::{builtin::rmap::IMmap, vma::Vma};

fn is_writable(vma: &Vma<'_, IMmap>) -> bool {
    vma.flags() & flags::WRITE != 0 //~ E0599
}
