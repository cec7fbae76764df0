// SPDX-License-Identifier: GPL-2.0-only

// error: E0308

//! A VMA that user space has gets another owner.

use kernel::{
    mm::virt::{
        VmaOps,
        VmaRef, //
    },
    prelude::*,
    sync::Arc, //
};

/// As `set_up`, of a VMA that is no longer new.
pub fn set_up(vma: &VmaRef, ops: &'static VmaOps<u32>, owner: Arc<u32>) -> Result {
    ops.attach(vma, owner)
}
