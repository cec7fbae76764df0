// SPDX-License-Identifier: GPL-2.0-only
// VF-10: the anonymous name is not kept beyond the lock that keeps it.
//@lock: MmGuard<'_, Write>

use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Write};

fn is_heap(mut mm: MmGuard<'_, Write>, addr: usize) -> Result<bool> {
    let vma = mm.vma_start_write(addr)?;
    let name = vma.anon_name();
    drop(mm); //~ E0505
    Ok(name.is_some_and(|name| name.to_bytes() == b"heap"))
}
