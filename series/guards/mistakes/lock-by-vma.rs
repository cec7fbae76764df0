// SPDX-License-Identifier: GPL-2.0-only

// error: E0308

//! The lock of the mm of a VMA that is locked is taken.

use kernel::mm::{
    virt::VmaRef,
    LockContext, //
};

/// As `is_of`, to do more than to compare.
pub fn is_of(vma: &VmaRef) -> bool {
    LockContext::new(vma.mm()).mmap_read_trylock().is_some()
}
