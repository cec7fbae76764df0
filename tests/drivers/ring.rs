// SPDX-License-Identifier: GPL-2.0-only

//! Pages that a fault maps, as the ring of `drivers/usb/mon/mon_bin.c`.

use crate::{
    uapi,
    DriverLock,
    MAPPED,
    POKE,
    RESIZE, //
};
use core::ops::Range;
use kernel::{
    fs::File,
    miscdevice::{
        MiscDevice,
        MiscDeviceRegistration, //
    },
    mm::virt::VmaNew,
    new_mutex,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc,
        ArcBorrow, //
    }, //
};
use mmguard::{
    driver::{
        fault::{
            Fault,
            FaultError,
            FaultResult, //
        },
        kind::{
            Pages,
            ReadOnly, //
        },
        object::VmObject,
        ops::VmOperations,
        page::UserPage,
        setup::Setup, //
    },
    order::{
        level::VmaLock,
        InnerScope,
        NothingHeld, //
    }, //
};

/// A ring, whose pages are the object's state.
pub(crate) struct Ring {
    /// How many VMAs there are.
    mapped: Atomic<usize>,
}

#[vtable]
impl VmOperations for Ring {
    type Kind = Pages;
    type Access = ReadOnly;
    type Level = DriverLock;
    type State = KVVec<UserPage>;

    fn fault(fault: Fault<'_, Self>) -> FaultResult<'_> {
        let (place, mut scope) = fault.into_place();
        let ring = place.object();
        let mut pages = ring.lock(&mut scope);
        let (pages, locked, mut scope) = pages.split_mut();
        let page = pages.get(place.pgoff()).ok_or(FaultError::BusError)?;
        place.map(locked, &mut scope, page)
    }

    fn open(
        ring: ArcBorrow<'_, VmObject<Self>>,
        _pages: Range<usize>,
        _scope: InnerScope<'_, VmaLock>,
    ) {
        ring.mapped.fetch_add(1, Relaxed);
    }

    fn close(
        ring: ArcBorrow<'_, VmObject<Self>>,
        _pages: Range<usize>,
        _scope: InnerScope<'_, VmaLock>,
    ) {
        ring.mapped.fetch_sub(1, Relaxed);
    }
}

/// Makes the ring anew. As a fault locks the ring, one that comes meanwhile gets the new pages.
fn resize(ring: &VmObject<Ring>, count: usize) -> Result {
    let pages = crate::pages(count)?;
    let mut nothing = NothingHeld::new();
    let mut state = ring.lock(&mut nothing);
    if ring.mapped.load(Relaxed) != 0 {
        return Err(EBUSY);
    }
    *state = pages;
    Ok(())
}

#[vtable]
impl MiscDevice for Ring {
    type Ptr = Arc<VmObject<Self>>;

    fn open(_file: &File, _misc: &MiscDeviceRegistration<Self>) -> Result<Self::Ptr> {
        let pages = crate::pages(uapi::PAGES)?;
        let ring = Self {
            mapped: Atomic::new(0),
        };
        Arc::pin_init(
            VmObject::new(
                c"[mmguard_ring]",
                Pages::new(uapi::MAX_PAGES),
                ring,
                new_mutex!(pages, "ring"),
            ),
            GFP_KERNEL,
        )
    }

    fn mmap(ring: ArcBorrow<'_, VmObject<Self>>, _file: &File, vma: &VmaNew) -> Result {
        if vma.writable() {
            return Err(EPERM);
        }
        ring.mapped.fetch_add(1, Relaxed);
        Setup::new(vma).dont_dump().map(ring).inspect_err(|_| {
            // It is not closed then.
            ring.mapped.fetch_sub(1, Relaxed);
        })
    }

    fn ioctl(
        ring: ArcBorrow<'_, VmObject<Self>>,
        _file: &File,
        cmd: u32,
        arg: usize,
    ) -> Result<isize> {
        match cmd {
            POKE => {
                let mut nothing = NothingHeld::new();
                let pages = ring.lock(&mut nothing);
                // CAST: The low byte is meant.
                pages.get(arg >> 8).ok_or(EINVAL)?.write(0, &[arg as u8])?;
            }
            RESIZE => resize(&ring, arg)?,
            // CAST: There are fewer.
            MAPPED => return Ok(ring.mapped.load(Relaxed) as isize),
            _ => return Err(ENOTTY),
        }
        Ok(0)
    }
}
