// SPDX-License-Identifier: GPL-2.0-only
// VF-2: `vm_pgoff` may be a page frame number, and is no offset then.
//@check-pass

use mmguard::vma::{lock::VmaRead, Vma};

fn offset(vma: &Vma<'_, VmaRead>) -> Option<u64> {
    Vma::<VmaRead>::pgoff(vma).map(|pgoff| pgoff as u64)
}
