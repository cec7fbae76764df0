// SPDX-License-Identifier: GPL-2.0-only

//! KUnit suites of what is for the kernel alone, and of what only the kernel can set up.

mod builtin;
mod misc_device;
mod pte_map;
#[cfg(CONFIG_MMGUARD_SPLAT_TEST)]
mod splat;
