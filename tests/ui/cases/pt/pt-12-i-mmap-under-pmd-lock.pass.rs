// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table no lock of the reverse mapping is taken.
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{mmap::Read, order::NothingHeld, rmap::i_mmap::i_mmap_lock_read, table::PmdEntry};

fn is_mapped(scope: &mut NothingHeld, file: &LocalFile, pmd: &PmdEntry<'_, Read>) -> bool {
    let table = pmd.lock_pmd_table(scope);
    drop(table);
    let mapped = i_mmap_lock_read(scope, file).is_mapped();
    mapped
}
