// SPDX-License-Identifier: GPL-2.0-only

// error: E0308

//! A page is inserted that can be a part of a live value.

use kernel::{
    mm::virt::OwnVma,
    page::Page,
    prelude::*, //
};

/// As `insert`, with any page.
pub fn insert(vma: &OwnVma, page: &Page) -> Result {
    vma.insert_page(vma.start(), page)
}
