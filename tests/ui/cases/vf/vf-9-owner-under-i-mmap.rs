// SPDX-License-Identifier: GPL-2.0-only
// VF-9: whose a VMA is, is not known under an rmap lock alone.
//@in-tree
//@lock: IMmap

use mmguard::{builtin::rmap::IMmap, driver::owner::VmaOwner, vma::Vma};

static OURS: VmaOwner<u8> = VmaOwner::new();

fn is_ours(vma: &Vma<'_, IMmap>, owner: &u8) -> bool {
    OURS.owns(vma, owner) //~ E0277
}
