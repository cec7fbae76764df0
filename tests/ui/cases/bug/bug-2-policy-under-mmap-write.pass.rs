// SPDX-License-Identifier: GPL-2.0-only
// BUG-2: CVE-2023-4611: a policy replaced under the mmap write lock alone, while a fault reads it.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::mempolicy::set_vm_policy, mmap::{MmGuard, Write}};

fn no_policy(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result {
    let mut vma = mm.vma_start_write(addr)?;
    set_vm_policy(&mut vma, None)
}
