// SPDX-License-Identifier: GPL-2.0-only
// AQ-22: no operation is offered that changes the tree under a guard.
//@check-pass

use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Write};

fn change(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result {
    let _vma = mm.vma_start_write(addr)?;
    Ok(())
}
