// SPDX-License-Identifier: GPL-2.0-only

//! KUnit suites. The rules that they test are named in `Documentation/rules.toml`.

/// Returns `EINVAL` from the test unless the condition holds.
///
/// Unlike KUnit's own assertions it lets destructors run, so a failed test leaves no lock behind.
macro_rules! expect {
    ($condition:expr) => {
        if !$condition {
            kernel::kunit::err(kernel::prelude::fmt!(
                "    # expected {} at {}:{}\n",
                core::stringify!($condition),
                core::file!(),
                core::line!()
            ));
            return Err(kernel::error::code::EINVAL);
        }
    };
}

mod fixture;
mod mmap_lock;
mod pid;
mod speculate;
mod stable;
mod vma;
mod vma_lock;
mod walk;
