// SPDX-License-Identifier: GPL-2.0-only
// VF-13: a field behind a `CONFIG_` option exists only with it.
//@no-vma-lock
//@lock: VmaReadGuard

use mmguard::vma::lock::VmaReadGuard;

fn is_scanned(vma: &VmaReadGuard<'_>) -> bool {
    vma.has_numab_state() //~ E0599
}
