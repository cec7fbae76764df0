// SPDX-License-Identifier: GPL-2.0-only
// DV-10: how long the memory of a device is there, no type tells.
//@check-pass

use mmguard::driver::kind::{Caching, Frames, PfnsAtMmap};

fn registers(first: usize) -> PfnsAtMmap {
    PfnsAtMmap::new(unsafe { Frames::of_device(first, 1, Caching::Uncached) })
}
