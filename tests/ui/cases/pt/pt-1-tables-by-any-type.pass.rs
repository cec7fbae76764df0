// SPDX-License-Identifier: GPL-2.0-only
// PT-1: only the state of a lock lets page tables be walked.
//@check-pass

use mmguard::{order::rights::FreezesRange, table::PmdEntry};

struct Cached<'v, L: FreezesRange>(PmdEntry<'v, L>);

fn is_cached<L: FreezesRange>(cached: &Cached<'_, L>, pmd: &PmdEntry<'_, L>) -> bool {
    cached.0.addr() == pmd.addr()
}
