// SPDX-License-Identifier: GPL-2.0-only
// CB-2: C may hold the VMA lock alone in a fault.
//@lock: VmaReadOrRead

use mmguard::driver::{fault::Fault, ops::VmOperations};
use mmguard::{mmap::Read, order::{rights::Stabilises, LockScope}, vma::Vma};

fn needs_mmap_lock(vma: &Vma<'_, Read>) -> usize {
    vma.end()
}

fn needs_either<L: Stabilises>(vma: &Vma<'_, L>) -> usize {
    vma.end()
}

fn end<T: VmOperations>(mut fault: Fault<'_, T>) -> usize {
    needs_either(fault.split().0).min(needs_mmap_lock(fault.split().0)) //~ E0308
}
