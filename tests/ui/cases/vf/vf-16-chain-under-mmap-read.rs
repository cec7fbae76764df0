// SPDX-License-Identifier: GPL-2.0-only
// VF-16: faults extend `anon_vma_chain`: it is read by who keeps them out.
//@lock: VMA write lock

use mmguard::{mmap::Read, vma::Vma};

fn is_linked(vma: &Vma<'_, Read>) -> bool {
    vma.has_anon_vma_chain() //~ E0277
}
