// SPDX-License-Identifier: GPL-2.0-only
// LS-3: under an rmap lock alone no reference is taken out of a VMA.
//@in-tree
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{mmap::Read, vma::Vma};

fn file<'a>(vma: &'a Vma<'_, Read>) -> Option<&'a LocalFile> {
    vma.file()
}
