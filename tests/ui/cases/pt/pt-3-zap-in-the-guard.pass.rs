// SPDX-License-Identifier: GPL-2.0-only
// PT-3: to unmap pages sleeps and takes locks: it has the scope for itself.
//@check-pass

use kernel::prelude::*;
use mmguard::{driver::zap::zap_vma_range, order::NothingHeld, vma::lock::VmaReadGuard};

fn zap(scope: &mut NothingHeld, guard: &VmaReadGuard<'_>) -> Result {
    unsafe { zap_vma_range(scope, guard, 0, 0) }
}
