// SPDX-License-Identifier: GPL-2.0-only
// LS-6: what needs the rmap write locks is not done under the VMA write lock alone.
//@in-tree
//@lock: VmaWriteAllGuard

use mmguard::{builtin::rmap::MayWriteAll, vma::{lock::VmaWriteGuard, Vma}};

fn move_tables<L: MayWriteAll>(_vma: &mut Vma<'_, L>) {}

fn grow(vma: &mut VmaWriteGuard<'_>) {
    move_tables(&mut **vma); //~ E0277
}
