// SPDX-License-Identifier: GPL-2.0-only
// PT-10: an entry that was found under the write lock is not followed after it.
//@check-pass

use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Write};

fn walk(mm: MmGuard<'_, Write>, addr: usize) -> Result<bool> {
    let vma = mm.vma_lookup(addr).ok_or(EFAULT)?;
    let pmd = vma.tables()?.pmd_entry(addr).or(Err(ENOENT))?;
    let leaf = pmd.read_lockless().hint().is_leaf();
    let _mm = mm.downgrade();
    Ok(leaf)
}
