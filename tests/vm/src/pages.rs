// SPDX-License-Identifier: GPL-2.0-only

//! What the process of the plan `pages` and its init both know.

use crate::PAGE;

/// How long most of its mappings are.
pub const LEN: usize = 16 * PAGE;

/// The mappings that the process said it has: a name, where it begins, and how long it is.
pub fn parse(said: &str) -> Option<Vec<(&str, u64, u64)>> {
    let words: Vec<_> = said.split_whitespace().collect();
    let hex = |word| u64::from_str_radix(word, 16).ok();
    words
        .chunks(3)
        .map(|words| match words {
            [name, start, len] => Some((*name, hex(start)?, hex(len)?)),
            _ => None,
        })
        .collect()
}
