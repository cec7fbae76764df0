// SPDX-License-Identifier: GPL-2.0-only
// PT-1: only the state of a lock lets page tables be walked.
//@lock: VMA lock

use mmguard::{order::rights::FreezesRange, table::PmdEntry};

struct Cached<'v, L>(PmdEntry<'v, L>); //~ E0277

fn is_cached<L: FreezesRange>(cached: &Cached<'_, L>, pmd: &PmdEntry<'_, L>) -> bool {
    cached.0.addr() == pmd.addr()
}
