// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table the mmap lock of a second mm is not taken.
//@lock: mmap_write_lock_nested

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::{mmap::{MmGuard, Read, Write}, order::LockScope, table::PmdEntry};

fn f(outer: &mut MmGuard<'_, Write>, mm: &MmWithUser, pmd: &PmdEntry<'_, Read>) -> Result {
    let (_, mut scope) = outer.split();
    let table = pmd.lock_pte_table(&mut scope);
    let both = outer.mmap_write_lock_nested(mm)?; //~ E0499
    drop(table);
    drop(both);
    Ok(())
}
