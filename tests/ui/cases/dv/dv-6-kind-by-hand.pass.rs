// SPDX-License-Identifier: GPL-2.0-only
// DV-6: the kinds of mapping are those of the crate.
//@check-pass

use mmguard::driver::kind::{OnFault, Pages};

struct Both(Pages);

impl Both {}

fn on_fault<K: OnFault>(_: K) {}

fn all(pages: Pages) -> impl FnOnce(Pages) -> Both {
    on_fault(pages);
    Both
}
