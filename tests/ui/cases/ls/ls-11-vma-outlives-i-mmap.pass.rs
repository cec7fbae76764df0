// SPDX-License-Identifier: GPL-2.0-only
// LS-11: no VMA outlives the `i_mmap` lock that it was found under.
//@in-tree
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{builtin::rmap::mapping_vmas, order::NothingHeld, rmap::i_mmap::i_mmap_lock_read};

fn first(file: &LocalFile) -> Option<usize> {
    let mut none = NothingHeld::new();
    let i_mmap = i_mmap_lock_read(&mut none, file);
    let vma = mapping_vmas(&i_mmap, 0..=0).next()?;
    Some(vma.start())
}
