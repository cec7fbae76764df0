// SPDX-License-Identifier: GPL-2.0-only
// LS-3: under an rmap lock alone no reference is taken out of a VMA.
//@in-tree
//@lock: IMmap

use kernel::fs::LocalFile;
use mmguard::{builtin::rmap::IMmap, vma::Vma};

fn file<'a>(vma: &'a Vma<'_, IMmap>) -> Option<&'a LocalFile> {
    vma.file() //~ E0599
}
