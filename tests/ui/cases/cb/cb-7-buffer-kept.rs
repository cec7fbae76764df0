// SPDX-License-Identifier: GPL-2.0-only
// CB-7: a debugger's bytes are there for as long as the call.
//@driver: Remote

use mmguard::driver::ops::Remote;

fn access<'k>(access: Remote<'_>, kept: &mut &'k [u8]) {
    if let Remote::Poke(from) = access {
        *kept = from; //~ E0621
    }
}
