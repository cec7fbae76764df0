// SPDX-License-Identifier: GPL-2.0-only
// DV-6: a page is not mapped where there are page frames.
//@check-pass

use kernel::prelude::*;
use mmguard::driver::{kind::Mixed, ops::VmOperations, own::OwnVma, page::UserPage};
use mmguard::{order::{level::VmaLock, InnerScope}, vma::lock::VmaRead};

type Scope<'a> = InnerScope<'a, VmaLock>;
type Own<'a, T> = OwnVma<'a, VmaRead, T>;

fn map<T: VmOperations<Kind = Mixed>>(own: &Own<'_, T>, scope: &mut Scope<'_>, page: &UserPage) -> Result {
    own.insert(scope, 0, page)
}
