// SPDX-License-Identifier: GPL-2.0-only

//! Which mutant is on: a part of the crate where it has them.

use kernel::{
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    }, //
};

extern "C" {
    /// See `switch.c`.
    static mmguard_mutant: usize;
}

/// Whether an error has come.
static CAME: Atomic<bool> = Atomic::new(false);

/// Whether this mutant is on.
pub(crate) fn on(number: usize) -> bool {
    // SAFETY: It is set before the module's init, or the kernel's, and never again.
    let mutant = unsafe { mmguard_mutant };
    mutant == number
}

/// Compares, and has the other result for what is equal if the mutant is on.
pub(crate) fn compare<T: PartialOrd>(
    number: usize,
    compare: fn(&T, &T) -> bool,
    left: &T,
    right: &T,
) -> bool {
    compare(left, right) != (on(number) && left == right)
}

/// What `?` looks at.
pub(crate) trait Outcome {
    fn is_error(&self) -> bool;
}

impl<T> Outcome for Option<T> {
    fn is_error(&self) -> bool {
        self.is_none()
    }
}

impl<T, E> Outcome for core::result::Result<T, E> {
    fn is_error(&self) -> bool {
        self.is_err()
    }
}

/// Tells of an error, if the mutant is on.
pub(crate) fn never<T: Outcome>(number: usize, outcome: T) -> T {
    if outcome.is_error() {
        came(number);
    }
    outcome
}

/// As [`never`], where the error has come.
pub(crate) fn came(number: usize) {
    if on(number) && !CAME.xchg(true, Relaxed) {
        kernel::kunit::err(fmt!("mutant: the error came\n"));
    }
}
