// SPDX-License-Identifier: GPL-2.0-only
// PT-25: a page is not mapped under a lock that reclaim takes.
//@lock: FolioLock

use kernel::prelude::*;
use mmguard::driver::{kind::Pages, ops::VmOperations, own::OwnVma, page::UserPage};
use mmguard::order::level::IMmapRwsem;
use mmguard::{order::InnerScope, vma::lock::VmaRead};

type Scope<'a> = InnerScope<'a, IMmapRwsem>;
type Own<'a, T> = OwnVma<'a, VmaRead, T>;

fn map<T: VmOperations<Kind = Pages>>(own: &Own<'_, T>, scope: &mut Scope<'_>, page: &UserPage) -> Result {
    own.insert(scope, 0, page) //~ E0277
}
