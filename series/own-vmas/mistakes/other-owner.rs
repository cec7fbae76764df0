// SPDX-License-Identifier: GPL-2.0-only

// error: E0308

//! The owner is not of the type that the VMAs have.

use kernel::{
    mm::virt::{
        VmaOps,
        VmaRef, //
    },
    sync::Arc, //
};

/// As in `zap`, with another owner.
pub fn is_own(vma: &VmaRef, ops: &'static VmaOps<u32>, owner: &Arc<u64>) -> bool {
    ops.own(vma, owner.as_arc_borrow()).is_some()
}
