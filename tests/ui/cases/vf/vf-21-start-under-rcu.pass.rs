// SPDX-License-Identifier: GPL-2.0-only
// VF-21: no range is read under RCU alone: a freed VMA has the allocator's pointer there.
//@check-pass

use mmguard::vma::lock::VmaReadGuard;

fn start(vma: &VmaReadGuard<'_>) -> usize {
    vma.start()
}
