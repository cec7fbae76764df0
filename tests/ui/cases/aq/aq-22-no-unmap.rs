// SPDX-License-Identifier: GPL-2.0-only
// AQ-22: no operation is offered that changes the tree under a guard.
//@lock: MmGuard<'_, Write>

use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Write};

fn change(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result {
    mm.do_munmap(addr, 4096)?; //~ E0599
    Ok(())
}
