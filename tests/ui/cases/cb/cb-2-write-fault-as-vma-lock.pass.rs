// SPDX-License-Identifier: GPL-2.0-only
// CB-2: C may hold the mmap lock, and not the VMA lock, when a page becomes writable.
//@check-pass

use mmguard::driver::{fault::WriteFault, ops::VmOperations};
use mmguard::{order::{rights::Stabilises, LockScope}, vma::{lock::VmaRead, Vma}};

fn needs_vma_lock(vma: &Vma<'_, VmaRead>) -> usize {
    vma.end()
}

fn needs_either<L: Stabilises>(vma: &Vma<'_, L>) -> usize {
    vma.end()
}

fn end<T: VmOperations>(mut fault: WriteFault<'_, T>) -> usize {
    needs_either(fault.split().0).min(needs_either(fault.split().0))
}
