// SPDX-License-Identifier: GPL-2.0-only
// RM-3: a VMA that was found through a file is gone with the `i_mmap` lock.
//@in-tree
//@lock: mapping_vmas

use kernel::fs::LocalFile;
use mmguard::{builtin::rmap::mapping_vmas, order::NothingHeld, rmap::i_mmap::i_mmap_lock_read};

fn start(nothing: &mut NothingHeld, file: &LocalFile) -> Option<usize> {
    let i_mmap = i_mmap_lock_read(nothing, file);
    let vma = mapping_vmas(&i_mmap, 0..=0).next()?;
    drop(i_mmap); //~ E0505
    Some(vma.start())
}
