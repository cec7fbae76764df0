// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: what C holds while a VMA is set up is held by its task alone.
//@driver: Setup

use kernel::prelude::*;
use mmguard::driver::setup::Setup;

fn to_other_task(_: &dyn Send) {}

fn send(setup: Setup<'_>) -> Result {
    to_other_task(&setup.pages()?);
    to_other_task(&setup); //~ E0277
    Ok(())
}
