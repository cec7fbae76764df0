// SPDX-License-Identifier: GPL-2.0-only
// LS-3: under an rmap lock alone the flags are a single, unstable load.
//@in-tree
//@check-pass

use kernel::mm::virt::flags;
use mmguard::{builtin::rmap::IMmap, vma::Vma};

fn is_writable(vma: &Vma<'_, IMmap>) -> bool {
    vma.unstable_flags().hint() & flags::WRITE != 0
}
