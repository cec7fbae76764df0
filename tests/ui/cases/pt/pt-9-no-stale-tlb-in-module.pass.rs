// SPDX-License-Identifier: GPL-2.0-only
// PT-9: a module cannot flush, so it changes no entry that maps a page.
//@module-only
//@check-pass

use mmguard::vma::{lock::{VmaRead, VmaReadGuard}, Vma};

fn flush(_vma: VmaReadGuard<'_>, _stale: Vma<'_, VmaRead>) {}
