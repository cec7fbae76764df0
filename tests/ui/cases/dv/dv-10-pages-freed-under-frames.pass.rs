// SPDX-License-Identifier: GPL-2.0-only
// DV-10: pages of which frames are mapped are kept by the object.
//@check-pass

use kernel::prelude::*;
use mmguard::driver::{kind::{Frames, Pfns}, page::UserPage};

fn kind(pages: KVVec<UserPage>) -> Pfns {
    let kind = Pfns::new(Frames::of_pages(pages));
    kind
}
