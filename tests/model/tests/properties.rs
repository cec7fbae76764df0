// SPDX-License-Identifier: GPL-2.0-only

//! The properties of each family of rules, at the bounds of the quick run.

use mmguard_model::property::{all, explore};

/// The rules that this crate is there for.
const RULES: &[&str] = &[
    "AQ-3", "AQ-12", "AQ-18", "AQ-21", "BUG-3", "BUG-6", "BUG-7", "BUG-12", "LC-1", "LC-2", "LC-3",
    "LC-4", "LC-5", "LC-6", "PT-4", "PT-5", "PT-15", "PT-24", "RC-3",
];

/// Explores what is named after a rule of the family.
fn hold(family: &str) {
    let mut explored = 0;
    for property in all().filter(|property| property.rules[0].starts_with(family)) {
        if let Err(why) = explore(property, true, true) {
            panic!("{}: {}: {why}", property.rules[0], property.name);
        }
        explored += 1;
    }
    assert!(explored > 0, "no property of {family}");
}

#[test]
fn every_rule_has_a_property() {
    for rule in RULES {
        let named = all().any(|property| property.rules.contains(rule));
        assert!(named, "{rule} has no property");
    }
}

#[test]
fn aq() {
    hold("AQ-");
}

#[test]
fn bug() {
    hold("BUG-");
}

#[test]
fn lc() {
    hold("LC-");
}

#[test]
fn pt() {
    hold("PT-");
}

#[test]
fn rc() {
    hold("RC-");
}
