// SPDX-License-Identifier: GPL-2.0-only
// CB-6: what `mmap_prepare` was called with ends with the call.
//@check-pass

use kernel::prelude::*;
use mmguard::driver::setup::{Setup, VmaDesc};

struct Driver<'a>(Option<Setup<'a>>);

fn mmap_prepare<'a>(driver: &mut Driver<'a>, desc: &'a mut VmaDesc) -> Result {
    driver.0 = Some(Setup::prepare(desc));
    Ok(())
}
