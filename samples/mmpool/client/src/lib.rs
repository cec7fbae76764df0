// SPDX-License-Identifier: GPL-2.0-only

//! The user-space side of `/dev/mmpool`: its calls, and mappings of its objects.

#[path = "../../uapi.rs"]
pub mod uapi;

pub mod device;
pub mod mapping;
