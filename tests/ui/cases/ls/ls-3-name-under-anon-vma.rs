// SPDX-License-Identifier: GPL-2.0-only
// LS-3: under an rmap lock alone no reference is taken out of a VMA.
//@in-tree
//@lock: AnonVma

use mmguard::{builtin::anon_vma::AnonVma, vma::Vma};

fn is_named(vma: &Vma<'_, AnonVma>) -> bool {
    vma.anon_name().is_some() //~ E0599
}
