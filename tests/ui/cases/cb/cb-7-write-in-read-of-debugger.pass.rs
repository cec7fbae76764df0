// SPDX-License-Identifier: GPL-2.0-only
// CB-7: what a debugger writes is taken, and not changed.
//@check-pass

use mmguard::driver::ops::Remote;

fn access(access: Remote<'_>, byte: &mut u8) {
    match access {
        Remote::Peek(to) => to[0] = *byte,
        Remote::Poke(from) => *byte = from[0],
    }
}
