// SPDX-License-Identifier: GPL-2.0-only

//! What a driver does to VMAs of its own.
//!
//! No lock tells which driver owns a VMA. So a function that takes pages away from a VMA, or puts
//! pages into it, is unsafe: it is for the driver that has set the VMA up.

pub mod insert_page;
pub mod owner;
pub mod zap;
