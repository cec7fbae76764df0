// SPDX-License-Identifier: GPL-2.0-only
// PT-3: pages are unmapped from a VMA that is locked.
//@check-pass

use kernel::prelude::*;
use mmguard::{driver::zap::zap_vma_range, mmap::Read, order::NothingHeld, vma::{rcu::RcuVma, Vma}};

fn zap(ctx: &mut NothingHeld, vma: &Vma<'_, Read>, _rcu: &RcuVma<'_>) -> Result {
    unsafe { zap_vma_range::<_, Read>(ctx, vma, 0, 0) }
}
