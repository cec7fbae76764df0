// SPDX-License-Identifier: GPL-2.0-only
// DV-7: user space writes a page that it has: no reference to its content is had.
//@check-pass

use kernel::{prelude::*, sync::atomic::{Atomic, Relaxed}};
use mmguard::driver::page::UserPage;

fn count(page: &UserPage) -> Result<u32> {
    let mut word: Option<&Atomic<u32>> = None;
    let count = UserPage::with_word(page, 0, |count| { let _ = word.take(); count.load(Relaxed) })?;
    Ok(word.map_or(count, |word| word.load(Relaxed)))
}
