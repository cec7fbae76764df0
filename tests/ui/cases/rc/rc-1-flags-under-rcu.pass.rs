// SPDX-License-Identifier: GPL-2.0-only
// RC-1: under RCU alone no field is offered but those that C marks for it.
//@check-pass

use kernel::mm::virt::flags;
use mmguard::vma::stable::StableGuard;

fn is_writable(vma: &StableGuard<'_>) -> bool {
    vma.flags() & flags::WRITE != 0
}
