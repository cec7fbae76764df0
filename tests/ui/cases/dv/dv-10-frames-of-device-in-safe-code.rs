// SPDX-License-Identifier: GPL-2.0-only
// DV-10: how long the memory of a device is there, no type tells.
//@driver: Frames

use mmguard::driver::kind::{Caching, Frames, PfnsAtMmap};

fn registers(first: usize) -> PfnsAtMmap {
    PfnsAtMmap::new(Frames::of_device(first, 1, Caching::Uncached)) //~ E0133
}
