// SPDX-License-Identifier: GPL-2.0-only
// PT-9: a module cannot flush, so it changes no entry that maps a page.
//@module-only
//@lock: VmaReadGuard

use mmguard::{builtin::young::StaleTlb, vma::lock::{VmaRead, VmaReadGuard}}; //~ E0433

fn flush(_vma: VmaReadGuard<'_>, _stale: StaleTlb<'_, VmaRead>) {}
