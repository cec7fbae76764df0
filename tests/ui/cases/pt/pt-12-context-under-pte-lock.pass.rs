// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table no lock of an mm is taken.
//@check-pass

use kernel::mm::MmWithUser;
use mmguard::*;

fn count(scope: &mut NothingHeld, mm: &MmWithUser, pmd: &PmdEntry<'_, Read>) -> usize {
    let table = scope.lock_pte_table(pmd);
    drop(table);
    let count = scope.context(mm).mmap_read_lock().vmas(0).count();
    count
}
