// SPDX-License-Identifier: GPL-2.0-only
// RM-6: no reference to an `anon_vma` is handed out, so none is put under its lock.
//@in-tree
//@check-pass

use mmguard::{builtin::anon_vma::AnonVmaGuard, rmap::i_mmap::RmapWrite};

fn put(anon_vma: AnonVmaGuard<'_, RmapWrite>) {
    drop(anon_vma);
}
