// SPDX-License-Identifier: GPL-2.0-only
// PT-3: to unmap pages sleeps and takes locks: it has the scope for itself.
//@check-pass

use kernel::prelude::*;
use mmguard::*;

fn zap(guard: &mut VmaReadGuard<'_>) -> Result {
    let (vma, mut scope) = guard.split();
    unsafe { zap_vma_range(&mut scope, vma, 0, 0) }
}
