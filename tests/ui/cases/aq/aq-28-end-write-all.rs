// SPDX-License-Identifier: GPL-2.0-only
// AQ-28: the end of all VMA write locks is not offered by itself.
//@lock: MmGuard<'_, Write>

use mmguard::mmap::{MmGuard, Write};

fn f(mm: MmGuard<'_, Write>) {
    mm.vma_end_write_all(); //~ E0599
}
