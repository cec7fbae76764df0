// SPDX-License-Identifier: GPL-2.0-only

//! What the KUnit suites share.
//!
//! The suites are beside what they test.

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

// The suites that use all of it are not in every build.
#[allow(dead_code)]
pub(in crate::mm::guard) mod fixture;
pub(in crate::mm::guard) mod sizes;
