// SPDX-License-Identifier: GPL-2.0-only
// AQ-13: the nested form takes a second mm's write lock under the write lock of a first.
//@lock: MmGuard<'_, Read>

use kernel::prelude::*;
use mmguard::order::LockContext;

fn both(a: &mut LockContext<'_>, b: &mut LockContext<'_>) -> Result<usize> {
    let outer = a.mmap_read_lock();
    let inner = b.mmap_write_lock_nested(&outer)?; //~ E0308
    Ok(inner.vmas(0).count())
}
