// SPDX-License-Identifier: GPL-2.0-only
// BUG-2: CVE-2023-4611: VMAs changed in a walk under the mmap write lock alone.
//@lock: VMA write lock

use kernel::{mm::virt::flags, prelude::*};
use mmguard::mmap::{MmGuard, Write};

fn no_dump(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result {
    for mut vma in mm.vmas(addr) {
        vma.set_flags(flags::DONTDUMP)?; //~ E0277
    }
    Ok(())
}
