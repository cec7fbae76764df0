// SPDX-License-Identifier: GPL-2.0-only

//! Values that may change while they are looked at.

/// A value of a field that another task may write at any time.
///
/// It was loaded once, and may have been out of date before the load came back. It is good for
/// giving up early, and for what is checked again under the right lock. Nothing that must be true
/// is decided by it.
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
