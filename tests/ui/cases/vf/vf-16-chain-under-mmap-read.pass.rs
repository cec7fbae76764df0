// SPDX-License-Identifier: GPL-2.0-only
// VF-16: faults extend `anon_vma_chain`: it is read by who keeps them out.
//@check-pass

use mmguard::vma::{lock::VmaWrite, Vma};

fn is_linked(vma: &Vma<'_, VmaWrite>) -> bool {
    vma.has_anon_vma_chain()
}
