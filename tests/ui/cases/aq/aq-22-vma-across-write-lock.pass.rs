// SPDX-License-Identifier: GPL-2.0-only
// AQ-22: no other reference to a VMA of the mm lives where the tree may change.
//@check-pass

use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Write};

fn f(mm: &mut MmGuard<'_, Write>, a: usize, b: usize) -> Result<usize> {
    let vma = mm.vma_lookup(a).ok_or(EFAULT)?;
    let start = vma.start();
    let _locked = mm.vma_start_write(b)?;
    Ok(start)
}
