// SPDX-License-Identifier: GPL-2.0-only
// PT-1: the users of an mm are no lock of a VMA.
//@lock: Vma<'_, Read>

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::{mmap::Read, vma::Vma};

fn walk(_vma: &Vma<'_, Read>, mm: &MmWithUser, addr: usize) -> Result<bool> {
    Ok(Vma::<Read>::tables(mm)?.pmd_entry(addr).is_ok()) //~ E0308
}
