// SPDX-License-Identifier: GPL-2.0-only
// PT-3: to unmap pages sleeps and takes locks: it has the scope for itself.
//@lock: VmaReadGuard

use kernel::prelude::*;
use mmguard::{driver::zap::zap_vma_range, order::NothingHeld, vma::lock::VmaReadGuard};

fn zap(_: &mut NothingHeld, guard: &VmaReadGuard<'_>) -> Result {
    unsafe { zap_vma_range(guard, guard, 0, 0) } //~ E0308
}
