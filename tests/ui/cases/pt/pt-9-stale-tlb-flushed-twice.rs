// SPDX-License-Identifier: GPL-2.0-only
// PT-9: what was flushed gathers no more changes.
//@in-tree
//@lock: VmaReadGuard

use mmguard::{builtin::young::StaleTlb, vma::lock::{VmaRead, VmaReadGuard}};

fn flush(stale: StaleTlb<'_, VmaRead>, _vma: VmaReadGuard<'_>) {
    stale.flush();
    stale.leave(); //~ E0382
}
