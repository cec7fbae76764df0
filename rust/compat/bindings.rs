// SPDX-License-Identifier: GPL-2.0-only

//! The C side: what the kernel crate has, and the shims of this crate.

#![allow(clippy::all, dead_code, improper_ctypes, missing_docs, unreachable_pub)]

#[cfg(CONFIG_PER_VMA_LOCK)]
pub(crate) use crate::mm::lock_next_vma;
pub(crate) use kernel::bindings::*;
use kernel::ffi;

include!(concat!(env!("MMGUARD_OBJ"), "/mmguard_bindings.rs"));
