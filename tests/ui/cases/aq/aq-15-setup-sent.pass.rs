// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: what C holds while a VMA is set up is held by its task alone.
//@check-pass

use kernel::prelude::*;
use mmguard::driver::setup::Setup;

fn to_other_task(_: &dyn Send) {}

fn send(setup: Setup<'_>) -> Result {
    to_other_task(&setup.pages()?);
    Ok(())
}
