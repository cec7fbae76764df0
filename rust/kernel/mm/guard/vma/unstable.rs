// SPDX-License-Identifier: GPL-2.0-only

//! Values that may change while they are looked at.

/// A value of a field that another task may write at any time.
///
/// It was loaded once, and may be out of date already. Use it to give up early, or check it again
/// under the right lock. Do not rely on it for anything that must be true.
#[must_use = "an unstable value is of use only as a hint"]
#[derive(Clone, Copy)]
pub struct Unstable<T>(T);

impl<T> Unstable<T> {
    #[inline]
    pub(in crate::mm::guard) fn new(value: T) -> Self {
        Self(value)
    }

    /// Returns the value, as a hint of what it may be.
    #[inline]
    pub fn hint(self) -> T {
        self.0
    }
}
