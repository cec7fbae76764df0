// SPDX-License-Identifier: GPL-2.0-only
// PT-17: an `Mm`, which may be the kernel's own, gives no tables.
//@check-pass

use kernel::{mm::Mm, prelude::*};
use mmguard::{mmap::Read, vma::Vma};

fn walk(vma: &Vma<'_, Read>, _mm: &Mm, addr: usize) -> Result<bool> {
    Ok(Vma::<Read>::tables(vma)?.pmd_entry(addr).is_ok())
}
