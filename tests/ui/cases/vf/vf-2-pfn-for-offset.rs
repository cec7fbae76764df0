// SPDX-License-Identifier: GPL-2.0-only
// VF-2: `vm_pgoff` may be a page frame number, and is no offset then.
//@lock: VmaRead

use mmguard::vma::{lock::VmaRead, Vma};

fn offset(vma: &Vma<'_, VmaRead>) -> Option<u64> {
    Some(Vma::<VmaRead>::pgoff(vma) as u64) //~ E0605
}
