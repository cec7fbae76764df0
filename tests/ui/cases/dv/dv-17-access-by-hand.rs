// SPDX-License-Identifier: GPL-2.0-only
// DV-17: whether an object may be written is of the types of the crate.
//@driver: Access

use mmguard::driver::kind::{Access, ReadOnly};

enum Sometimes {}

impl Access for Sometimes { //~ E0277
    const MAY_WRITE: bool = true;
}

fn is_access<A: Access>(_: Sometimes) {}

fn all(sometimes: Sometimes) {
    is_access::<ReadOnly>(sometimes);
}
