// SPDX-License-Identifier: GPL-2.0-only
// AQ-8: one VMA is write-locked at a time through a guard, by the killable form too.
//@lock: vma_start_write_killable

use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Write};

fn gap(mm: &mut MmGuard<'_, Write>, a: usize, b: usize) -> Result<usize> {
    let first = mm.vma_start_write_killable(a)?;
    let second = mm.vma_start_write_killable(b)?; //~ E0499
    Ok(second.start() - first.end())
}
