// SPDX-License-Identifier: GPL-2.0-only
// VF-4: `vm_page_prot` is written under the VMA write lock only.
//@lock: VMA write lock

use kernel::prelude::*;
use mmguard::mmap::{MmGuard, Write};

fn same(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result {
    let mut vma = mm.vma_lookup(addr).ok_or(EFAULT)?;
    let prot = vma.page_prot();
    // SAFETY: The protection stays as it is.
    unsafe { vma.set_page_prot(prot) }; //~ E0277
    Ok(())
}
