// SPDX-License-Identifier: GPL-2.0-only
// LS-3: under an rmap lock alone no reference is taken out of a VMA.
//@in-tree
//@check-pass

use mmguard::vma::{lock::VmaRead, Vma};

fn is_named(vma: &Vma<'_, VmaRead>) -> bool {
    vma.anon_name().is_some()
}
