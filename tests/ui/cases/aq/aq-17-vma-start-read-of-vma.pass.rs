// SPDX-License-Identifier: GPL-2.0-only
// AQ-17: `vma_start_read()`, which gives up RCU when it fails, is not offered.
//@check-pass

use mmguard::vma::rcu::RcuVma;

fn lock(vma: RcuVma<'_>) {
    drop(vma);
}
