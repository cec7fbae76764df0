// SPDX-License-Identifier: GPL-2.0-only
// PT-1: the users of an mm are no lock of a VMA.
//@check-pass

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::{mmap::Read, vma::Vma};

fn walk(vma: &Vma<'_, Read>, _mm: &MmWithUser, addr: usize) -> Result<bool> {
    Ok(Vma::<Read>::tables(vma)?.pmd_entry(addr).is_ok())
}
