// SPDX-License-Identifier: GPL-2.0-only
// BUG-2: CVE-2023-4611: VMAs changed in a walk under the mmap write lock alone.
//@check-pass

use kernel::{mm::virt::flags, prelude::*};
use mmguard::mmap::{MmGuard, Write};

fn no_dump(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result {
    if let Ok(mut vma) = mm.vma_start_write(addr) {
        vma.set_flags(flags::DONTDUMP)?;
    }
    Ok(())
}
