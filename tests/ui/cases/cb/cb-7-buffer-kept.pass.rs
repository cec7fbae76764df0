// SPDX-License-Identifier: GPL-2.0-only
// CB-7: a debugger's bytes are there for as long as the call.
//@check-pass

use mmguard::driver::ops::Remote;

fn access<'k>(access: Remote<'k>, kept: &mut &'k [u8]) {
    if let Remote::Poke(from) = access {
        *kept = from;
    }
}
