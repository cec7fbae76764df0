// SPDX-License-Identifier: GPL-2.0-only
// AQ-23: a guard that is not kept releases the lock at once; leaking it is legal.
//@check-pass

use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Write};

fn lock(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result {
    core::mem::forget(mm.vma_start_write(addr)?);
    Ok(())
}
