// SPDX-License-Identifier: GPL-2.0-only
// AQ-23: a guard that is not kept releases the lock at once; leaking it is legal.
//@lock: VmaWriteGuard

use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Write};

fn lock(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result {
    mm.vma_start_write(addr)?; //~ unused_must_use
    Ok(())
}
