// SPDX-License-Identifier: GPL-2.0-only
// BUG-11: a write-locked VMA does not give its mm away, whose lock methods reach past the guard.
//@lock: vma_start_write

use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Write};

fn visit(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result {
    drop(mm.vma_start_write(addr)?.mm().mmap_read_lock()); //~ E0599
    Ok(())
}
