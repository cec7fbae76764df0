// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table no lock of the reverse mapping is taken.
//@lock: lock_pte_table

use kernel::fs::LocalFile;
use mmguard::{mmap::Read, order::NothingHeld, rmap::i_mmap::i_mmap_lock_read, table::PmdEntry};

fn is_mapped(scope: &mut NothingHeld, file: &LocalFile, pmd: &PmdEntry<'_, Read>) -> bool {
    let table = pmd.lock_pte_table(scope);
    let mapped = i_mmap_lock_read(scope, file).is_mapped(); //~ E0499
    drop(table);
    mapped
}
