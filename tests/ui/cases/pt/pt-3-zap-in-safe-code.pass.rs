// SPDX-License-Identifier: GPL-2.0-only
// PT-3: whose pages they are, no lock tells.
//@check-pass

use kernel::prelude::*;
use mmguard::{driver::zap::zap_vma_range, order::LockScope, vma::stable::{StableGuard, VmaReadOrRead}};

fn zap(guard: &mut StableGuard<'_>, len: usize) -> Result {
    let (vma, mut scope) = guard.split();
    unsafe { zap_vma_range::<_, VmaReadOrRead>(&mut scope, vma, vma.start(), len) }
}
