// SPDX-License-Identifier: GPL-2.0-only
// DV-10: a page of which the frame is mapped belongs to the object.
//@driver: Frames

use kernel::prelude::*;
use mmguard::driver::kind::Frames;

fn first(frames: Frames, byte: &mut [u8; 1]) -> Result<Frames> {
    let page = Frames::page(&frames, 0).ok_or(ENOENT)?;
    let moved = frames; //~ E0505
    page.read(0, byte)?;
    Ok(moved)
}
