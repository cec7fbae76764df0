// SPDX-License-Identifier: GPL-2.0-only
// BUG-11: a VMA does not give its mm away, whose lock methods reach past the guard.
//@lock: VmaReadGuard

use mmguard::vma::lock::VmaReadGuard;

fn visit(vma: &mut VmaReadGuard<'_>) {
    drop(vma.mm().mmap_read_lock()); //~ E0599
}
