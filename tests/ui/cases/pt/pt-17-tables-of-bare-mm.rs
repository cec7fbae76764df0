// SPDX-License-Identifier: GPL-2.0-only
// PT-17: an `Mm`, which may be the kernel's own, gives no tables.
//@lock: Vma<'_, Read>

use kernel::{mm::Mm, prelude::*};
use mmguard::{mmap::Read, vma::Vma};

fn walk(_vma: &Vma<'_, Read>, mm: &Mm, addr: usize) -> Result<bool> {
    Ok(Vma::<Read>::tables(mm)?.pmd_entry(addr).is_ok()) //~ E0308
}
