// SPDX-License-Identifier: GPL-2.0-only
// DV-6: how an object is mapped is for the crate to do.
//@check-pass

use mmguard::driver::kind::{Kind, Pages};

fn length<K: Kind>(kind: &K) -> usize {
    kind.page_count()
}

fn all(pages: &Pages) -> usize {
    length(pages)
}
