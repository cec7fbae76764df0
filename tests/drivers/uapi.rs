// SPDX-License-Identifier: GPL-2.0-only

//! What the devices and the init of the test VM say to each other.
//!
//! Both include this file, and `twin.h` has the same. Arguments are numbers, and so are results.

/// The type of the ioctl numbers.
pub const IOCTL_TYPE: u8 = 0xba;
/// `_IO(IOCTL_TYPE, 1)`: returns the first byte of a page.
pub const PEEK: u8 = 1;
/// `_IO(IOCTL_TYPE, 2)`: writes the first byte of a page. The argument is `page << 8 | byte`.
pub const POKE: u8 = 2;
/// `_IO(IOCTL_TYPE, 3)`: makes the memory anew, of so many pages.
pub const RESIZE: u8 = 3;
/// `_IO(IOCTL_TYPE, 4)`: switches the memory on, or off.
pub const ENABLE: u8 = 4;
/// `_IO(IOCTL_TYPE, 5)`: returns how many VMAs there are.
pub const MAPPED: u8 = 5;

/// How many pages the memory of a new device has.
pub const PAGES: usize = 4;
/// How many it may have.
pub const MAX_PAGES: usize = 16;
