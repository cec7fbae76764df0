// SPDX-License-Identifier: GPL-2.0-only

//! The user-space side of `/dev/mmscope`: reading the VMAs and the pages of a process, and comparing
//! them with what `/proc` says.

#[path = "../../uapi.rs"]
pub mod uapi;

pub mod check;
pub mod check_pages;
pub mod device;
pub mod idle;
pub mod maps;
pub mod pages;
pub mod row;
pub mod wss;
