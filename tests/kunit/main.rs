// SPDX-License-Identifier: GPL-2.0-only

//! Runs the KUnit suites of the crate, which is compiled with them here.

use kernel::prelude::*;
use mmguard as _;

module! {
    type: KunitModule,
    name: "mmguard_kunit",
    authors: ["mmguard developers"],
    description: "KUnit suites of mmguard",
    license: "GPL",
}

struct KunitModule;

impl kernel::Module for KunitModule {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        Ok(Self)
    }
}
