// SPDX-License-Identifier: GPL-2.0-only
// LS-3: under an rmap lock alone the flags are a hint, and no answer.
//@in-tree
//@check-pass

use kernel::mm::virt::vm_flags_t;
use mmguard::{builtin::rmap::IMmap, vma::Vma};

fn flags(vma: &Vma<'_, IMmap>) -> vm_flags_t {
    vma.unstable_flags().hint()
}
