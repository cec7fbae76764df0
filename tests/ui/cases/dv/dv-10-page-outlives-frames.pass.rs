// SPDX-License-Identifier: GPL-2.0-only
// DV-10: a page of which the frame is mapped belongs to the object.
//@check-pass

use kernel::prelude::*;
use mmguard::driver::kind::Frames;

fn first(frames: Frames, byte: &mut [u8; 1]) -> Result<Frames> {
    let page = Frames::page(&frames, 0).ok_or(ENOENT)?;
    page.read(0, byte)?;
    let moved = frames;
    Ok(moved)
}
