// SPDX-License-Identifier: GPL-2.0-only
// LS-3: what the VMA lock keeps as it is, is not read as an unstable value.
//@in-tree
//@lock: VmaRead

use kernel::mm::virt::flags;
use mmguard::vma::{lock::VmaRead, Vma};

fn is_writable(vma: &Vma<'_, VmaRead>) -> bool {
    vma.unstable_flags().hint() & flags::WRITE != 0 //~ E0599
}
