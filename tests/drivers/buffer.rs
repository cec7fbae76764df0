// SPDX-License-Identifier: GPL-2.0-only

//! A buffer that is mapped at once, and outlives the device's interest in it, as those of
//! `drivers/media/common/videobuf2/videobuf2-vmalloc.c`.

use crate::{
    uapi,
    DriverLock,
    PEEK,
    POKE,
    RESIZE, //
};
use kernel::{
    fs::File,
    miscdevice::{
        MiscDevice,
        MiscDeviceRegistration, //
    },
    mm::virt::{
        flags,
        VmaNew, //
    },
    new_mutex,
    prelude::*,
    sync::Arc, //
};
use mmguard::{
    driver::{
        kind::{
            PagesAtMmap,
            ReadWrite, //
        },
        object::VmObject,
        ops::VmOperations,
        setup::Setup, //
    },
    order::{
        mutex::OrderedMutex,
        NothingHeld, //
    }, //
};

/// A buffer, whose pages are those that its kind maps.
struct Buffer;

#[vtable]
impl VmOperations for Buffer {
    type Kind = PagesAtMmap;
    type Access = ReadWrite;
    type Level = DriverLock;
    type State = ();
}

impl Buffer {
    fn new(count: usize) -> Result<Arc<VmObject<Self>>> {
        let pages = PagesAtMmap::new(crate::pages(count)?)?;
        Arc::pin_init(
            VmObject::new(
                c"[mmguard_buffer]",
                pages,
                Self,
                new_mutex!((), "Buffer::state"),
            ),
            GFP_KERNEL,
        )
    }
}

/// An open device, with its buffer.
#[pin_data]
pub(crate) struct Queue {
    #[pin]
    buffer: OrderedMutex<DriverLock, Arc<VmObject<Buffer>>>,
}

#[vtable]
impl MiscDevice for Queue {
    type Ptr = Pin<KBox<Self>>;

    fn open(_file: &File, _misc: &MiscDeviceRegistration<Self>) -> Result<Self::Ptr> {
        let buffer = Buffer::new(uapi::PAGES)?;
        let init = pin_init!(Self {
            buffer <- OrderedMutex::new(new_mutex!(buffer, "Queue::buffer")),
        });
        KBox::pin_init(init, GFP_KERNEL)
    }

    fn mmap(queue: Pin<&Self>, _file: &File, vma: &VmaNew) -> Result {
        if vma.flags() & flags::SHARED == 0 {
            return Err(EINVAL);
        }
        let mut setup = Setup::new(vma).dont_dump();
        let buffer = queue.buffer.lock(&mut setup).clone();
        setup.map(buffer.as_arc_borrow())
    }

    fn ioctl(queue: Pin<&Self>, _file: &File, cmd: u32, arg: usize) -> Result<isize> {
        let mut nothing = NothingHeld::new();
        match cmd {
            PEEK => {
                let mut byte = [0];
                let buffer = queue.buffer.lock(&mut nothing);
                let page = buffer.kind().page(arg).ok_or(EINVAL)?;
                page.read(0, &mut byte)?;
                return Ok(byte[0].into());
            }
            POKE => {
                let buffer = queue.buffer.lock(&mut nothing);
                let page = buffer.kind().page(arg >> 8).ok_or(EINVAL)?;
                // CAST: The low byte is meant.
                page.write(0, &[arg as u8])?;
            }
            // Who has the old one mapped keeps it.
            RESIZE => *queue.buffer.lock(&mut nothing) = Buffer::new(arg)?,
            _ => return Err(ENOTTY),
        }
        Ok(0)
    }
}
