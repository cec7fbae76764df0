// SPDX-License-Identifier: GPL-2.0-only

//! The assertions that a lock is held, by the lock.
//!
//! Handles and guards that are made by hand, from a raw pointer, run the one that fits. Each lock
//! has it in its own file. With lockdep the assertions are exact. Without it they may miss
//! something, but they never accuse a holder. Without `CONFIG_DEBUG_VM` they do nothing.
//! `vma_assert_stabilised()` does not know the reverse-mapping locks, so those have assertions of
//! their own.
//!
//! C header: [`include/linux/mmap_lock.h`](srctree/include/linux/mmap_lock.h)

/// Defines an assertion: nothing without `CONFIG_DEBUG_VM`.
macro_rules! assertion {
    ($(#[$attr:meta])* fn $name:ident($arg:ident: $type:ty) { $($body:tt)* }) => {
        $(#[$attr])*
        ///
        /// # Safety
        ///
        /// The pointer must be valid, unless it may be null, and a VMA must have its mm.
        #[inline]
        pub(in crate::mm::guard) unsafe fn $name($arg: $type) {
            #[cfg(CONFIG_DEBUG_VM)]
            // SAFETY: By the safety requirements. The assertions of C only read.
            unsafe {
                $($body)*
            }
            #[cfg(not(CONFIG_DEBUG_VM))]
            let _ = $arg;
        }
    };
}
pub(in crate::mm::guard) use assertion;
