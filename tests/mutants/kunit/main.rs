// SPDX-License-Identifier: GPL-2.0-only

//! Runs the KUnit suites of the crate, with one of its mutants on.

use kernel::{
    prelude::*,
    sync::atomic::Relaxed, //
};
use mmguard::switch::MUTANT;

module! {
    type: KunitModule,
    name: "mmguard_kunit",
    authors: ["mmguard developers"],
    description: "KUnit suites of mmguard, and mutants of it",
    license: "GPL",
    params: {
        mutant: usize {
            default: 0,
            description: "The number of the mutant that is on",
        },
    },
}

struct KunitModule;

impl kernel::Module for KunitModule {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        // The suites run after this.
        MUTANT.store(module_parameters::mutant.value(), Relaxed);
        Ok(Self)
    }
}
