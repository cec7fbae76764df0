// SPDX-License-Identifier: GPL-2.0-only
// PT-3: whose pages they are, no lock tells.
//@lock: VmaReadOrRead

use kernel::prelude::*;
use mmguard::{driver::zap::zap_vma_range, order::LockScope, vma::stable::{StableGuard, VmaReadOrRead}};

fn zap(guard: &mut StableGuard<'_>, len: usize) -> Result {
    let (vma, mut scope) = guard.split();
    zap_vma_range::<_, VmaReadOrRead>(&mut scope, vma, vma.start(), len) //~ E0133
}
