// SPDX-License-Identifier: GPL-2.0-only

//! The user-space side of `/dev/mmscope`: reading the VMAs of a process, and comparing them with
//! `/proc/PID/maps`.

#[path = "../../uapi.rs"]
pub mod uapi;

pub mod check;
pub mod device;
pub mod maps;
pub mod row;
