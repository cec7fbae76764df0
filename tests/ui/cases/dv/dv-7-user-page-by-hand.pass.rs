// SPDX-License-Identifier: GPL-2.0-only
// DV-7: a page that user space gets is made for it, and not out of another one.
//@check-pass

use kernel::{page::Page, prelude::*};
use mmguard::driver::page::UserPage;

fn pages() -> Result<(Page, UserPage)> {
    let page = Page::alloc_page(GFP_KERNEL)?;
    let for_user = UserPage::new(GFP_KERNEL)?;
    Ok((page, for_user))
}
