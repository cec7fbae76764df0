// SPDX-License-Identifier: GPL-2.0-only

//! `/dev/demand`: memory that each open file has for itself, made page by page when it is accessed.

use kernel::{
    fs::File,
    miscdevice::{
        MiscDevice,
        MiscDeviceOptions,
        MiscDeviceRegistration, //
    },
    mm::virt::VmaNew,
    new_mutex,
    prelude::*,
    sync::{
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
            ReadWrite, //
        },
        object::VmObject,
        ops::VmOperations,
        page::UserPage,
        setup::Setup, //
    },
    misc_device::keep_loaded,
    order::level::{
        Below,
        LockLevel,
        VmaLock, //
    }, //
};

module! {
    type: Demand,
    name: "demand",
    authors: ["mmguard developers"],
    description: "Memory that is made when it is accessed",
    license: "GPL",
}

/// The length of an object, in pages.
const PAGES: usize = 256;

/// The memory of an open file.
struct Buffer;

/// The lock of a buffer: taken in a fault, under the lock of the VMA.
struct BufferLock;

impl LockLevel for BufferLock {
    type Place = Below<VmaLock>;
}

#[vtable]
impl VmOperations for Buffer {
    type Kind = Pages;
    type Access = ReadWrite;
    type Level = BufferLock;
    type State = KVVec<Option<UserPage>>;

    fn fault(fault: Fault<'_, Self>) -> FaultResult<'_> {
        let (place, mut scope) = fault.into_place();
        let object = place.object();
        let mut pages = object.lock(&mut scope);
        let (pages, locked, mut scope) = pages.split_mut();
        let slot = pages.get_mut(place.pgoff()).ok_or(FaultError::BusError)?;
        if slot.is_none() {
            *slot = Some(UserPage::new(GFP_KERNEL_ACCOUNT)?);
        }
        let page = slot.as_ref().ok_or(FaultError::BusError)?;
        place.map(locked, &mut scope, page)
    }
}

#[vtable]
impl MiscDevice for Buffer {
    type Ptr = Arc<VmObject<Self>>;

    fn open(_file: &File, _misc: &MiscDeviceRegistration<Self>) -> Result<Self::Ptr> {
        let mut pages = KVVec::with_capacity(PAGES, GFP_KERNEL_ACCOUNT)?;
        for _ in 0..PAGES {
            pages.push(None, GFP_KERNEL_ACCOUNT)?;
        }
        let kind = Pages::new(PAGES);
        let object = VmObject::new(c"[demand]", kind, Self, new_mutex!(pages));
        Arc::pin_init(object, GFP_KERNEL_ACCOUNT)
    }

    fn mmap(object: ArcBorrow<'_, VmObject<Self>>, _file: &File, vma: &VmaNew) -> Result {
        Setup::new(vma).map(object)
    }
}

#[pin_data]
struct Demand {
    #[pin]
    _misc: MiscDeviceRegistration<Buffer>,
}

impl kernel::InPlaceModule for Demand {
    fn init(module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            _misc <- MiscDeviceRegistration::register(MiscDeviceOptions { name: c"demand" }),
        })
        .pin_chain(move |me| {
            // Linux 7.2 does not know whose the device is.
            keep_loaded(module, &me._misc);
            Ok(())
        })
    }
}
