// SPDX-License-Identifier: GPL-2.0-only
// LS-8: no VMA is paired with an `i_mmap` lock: it comes from that mapping's tree.
//@in-tree
//@lock: IMmap

use mmguard::{builtin::rmap::{mapping_vmas, IMmap}, mmap::Read, rmap::i_mmap::{IMmapGuard, RmapRead}, vma::Vma};

type Mapped<'g> = Option<Vma<'g, IMmap>>;

fn pair<'g>(i_mmap: &'g IMmapGuard<'_, RmapRead>, vma: Vma<'g, Read>) -> Mapped<'g> {
    let mut all = mapping_vmas(i_mmap, 0..=0);
    all.next().is_none().then(|| vma.into()) //~ E0277
}
