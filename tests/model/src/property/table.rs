// SPDX-License-Identifier: GPL-2.0-only

//! Page tables that go, against all who may come by: PT-4, PT-5, PT-15, PT-24.

use super::{Part::Tables, Property};
use crate::table::Mapping;
use crate::teardown::gup_fast;
use loom::sync::atomic::Ordering::*;
use loom::thread::spawn;
use std::sync::Arc;

pub const ALL: &[Property] = &[
    Property {
        rules: &["PT-4", "PT-24"],
        name: "a teardown and a fault",
        part: Tables,
        bounds: (Some(3), None),
        reaches: &["a fault mapped the page", "an entry was zapped"],
        scenario: || pair(false, Mapping::munmap, Mapping::fault),
    },
    Property {
        rules: &["PT-4"],
        name: "a teardown and a walk through the reverse mapping",
        part: Tables,
        bounds: (Some(3), None),
        reaches: &["an entry was zapped"],
        scenario: || pair(true, Mapping::munmap, truncate),
    },
    Property {
        rules: &["PT-4", "PT-15"],
        name: "a teardown and a removal through the reverse mapping",
        part: Tables,
        bounds: (Some(3), None),
        reaches: &["an empty table was removed"],
        scenario: || pair(false, Mapping::munmap, Mapping::retract),
    },
    Property {
        rules: &["PT-4"],
        name: "a teardown and GUP-fast",
        part: Tables,
        bounds: (Some(3), None),
        reaches: &["an entry was zapped"],
        scenario: || pair(true, Mapping::munmap, gup),
    },
    Property {
        rules: &["PT-15"],
        name: "a removal and a fault",
        part: Tables,
        bounds: (Some(3), None),
        reaches: &[
            "an empty table was removed",
            "a fault installed a table",
            "the PMD entry changed meanwhile",
        ],
        scenario: || pair(false, Mapping::zap_and_reclaim, Mapping::fault),
    },
    Property {
        rules: &["PT-15"],
        name: "a removal and two faults",
        part: Tables,
        bounds: (Some(2), Some(3)),
        reaches: &["an empty table was removed", "a fault installed a table"],
        scenario: removal_and_two_faults,
    },
    Property {
        rules: &["PT-15"],
        name: "a removal through the reverse mapping and a fault",
        part: Tables,
        bounds: (Some(3), None),
        reaches: &["an empty table was removed", "a fault mapped the page"],
        scenario: || pair(false, Mapping::retract, Mapping::fault),
    },
    Property {
        rules: &["PT-15"],
        name: "two removals, each under its own lock",
        part: Tables,
        bounds: (Some(3), None),
        reaches: &["an empty table was removed"],
        scenario: || pair(true, Mapping::zap_and_reclaim, Mapping::retract),
    },
    Property {
        rules: &["PT-15"],
        name: "a removal and GUP-fast",
        part: Tables,
        bounds: (Some(3), None),
        reaches: &["an empty table was removed"],
        scenario: || pair(true, Mapping::zap_and_reclaim, gup),
    },
    Property {
        rules: &["PT-4"],
        name: "GUP-fast and the page that goes",
        part: Tables,
        bounds: (Some(3), None),
        reaches: &["GUP-fast gave the page back"],
        scenario: gup_and_free,
    },
    Property {
        rules: &["PT-5"],
        name: "a move and a walk through the reverse mapping",
        part: Tables,
        bounds: (Some(3), None),
        reaches: &["an entry was zapped"],
        scenario: || pair(true, Mapping::mremap, truncate),
    },
    Property {
        rules: &["PT-5", "PT-15"],
        name: "a move and a removal through the reverse mapping",
        part: Tables,
        bounds: (Some(3), None),
        reaches: &["an empty table was removed"],
        scenario: || pair(false, Mapping::mremap, Mapping::retract),
    },
    Property {
        rules: &["PT-5"],
        name: "a move and a fault at the old place",
        part: Tables,
        bounds: (Some(3), None),
        reaches: &["a fault mapped the page"],
        scenario: || pair(false, Mapping::mremap, Mapping::fault),
    },
];

/// The page has one reference of the file, and one of each entry that can be reached.
fn check(mapping: &Mapping) {
    let (refs, mapped) = (mapping.page.refs.load(SeqCst), mapping.mapped());
    assert!(
        refs == 1 + mapped,
        "PT-15: {} entries map the page, and {mapped} can be reached",
        refs - 1
    );
}

/// `one` and `other` at once, on a table that maps the page or is empty.
fn pair(mapped: bool, one: fn(&Mapping), other: fn(&Mapping)) {
    let mapping = Arc::new(Mapping::new(mapped));
    let shared = mapping.clone();
    let thread = spawn(move || other(&shared));
    one(&mapping);
    thread.join().expect("it ends");
    check(&mapping);
    if !mapping.in_tree.get() {
        let empty = mapping.pmds.iter().all(|pmd| pmd.load(SeqCst) == 0);
        assert!(empty, "PT-24: a table was installed after the detach");
    }
}

/// After a truncation has walked, nobody maps the page: here nobody faults.
fn truncate(mapping: &Mapping) {
    mapping.truncate();
    let refs = mapping.page.refs.load(SeqCst);
    assert!(
        refs == 1,
        "PT-5: the walk went past an entry that maps the page"
    );
}

/// The page that GUP-fast gives is the file's.
fn gup(mapping: &Mapping) {
    if let Some(page) = gup_fast(mapping) {
        assert!(
            page.is_of_file(),
            "PT-4: GUP-fast gave a page that had gone"
        );
        page.put();
    }
}

fn removal_and_two_faults() {
    let mapping = Arc::new(Mapping::new(false));
    let faults = [mapping.clone(), mapping.clone()].map(|shared| spawn(move || shared.fault()));
    mapping.zap_and_reclaim();
    for fault in faults {
        fault.join().expect("the fault ends");
    }
    check(&mapping);
}

/// The page is anonymous: its entry has the only reference. It is zapped, and given to
/// somebody else.
fn gup_and_free() {
    let mapping = Arc::new(Mapping::new(true));
    mapping.page.put();
    let shared = mapping.clone();
    let walker = spawn(move || gup(&shared));
    mapping.zap(0);
    walker.join().expect("the walker ends");
}
