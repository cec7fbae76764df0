// SPDX-License-Identifier: GPL-2.0-only

//! What an exploration came by. A property that must be reached by some path says
//! so, and fails if no path reaches it: else it would hold of nothing.

use std::collections::BTreeSet;
use std::sync::Mutex;

static SEEN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// Notes that a path was taken.
pub fn seen(what: &'static str) {
    SEEN.lock().expect("not poisoned").insert(what);
}

/// All that was noted since the last call.
pub fn take() -> BTreeSet<&'static str> {
    std::mem::take(&mut *SEEN.lock().expect("not poisoned"))
}
