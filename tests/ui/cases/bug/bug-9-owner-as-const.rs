// SPDX-License-Identifier: GPL-2.0-only
// BUG-9: a mark is a place in memory, and no constant, which has none of its own.
//@lock: VmaRead

use mmguard::{driver::owner::VmaOwner, vma::{lock::VmaRead, Vma}};

struct Buffer;

const BUFFERS: VmaOwner<Buffer> = VmaOwner::new();

fn is_of(vma: &Vma<'_, VmaRead>, buffer: &Buffer) -> bool {
    VmaOwner::owns::<VmaRead>(&BUFFERS, vma, buffer) //~ E0716
}
