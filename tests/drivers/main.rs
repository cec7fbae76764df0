// SPDX-License-Identifier: GPL-2.0-only

//! What three drivers of the kernel do with the memory that they map, by the room `driver`, beside
//! the same in C.
//!
//! Each is two devices, `/dev/mmguard-NAME` and `/dev/mmguard-NAME-c`, that behave the same to user
//! space, which init compares. The C side is in `twin_NAME.c`.

use kernel::{
    error::to_result,
    ioctl::_IO,
    miscdevice::{
        MiscDeviceOptions,
        MiscDeviceRegistration, //
    },
    prelude::*, //
};
use mmguard::{
    driver::page::UserPage,
    order::level::{
        Below,
        LockLevel,
        VmaLock, //
    }, //
};

mod bar;
mod buffer;
mod ring;
#[expect(unreachable_pub, reason = "init uses this file too")]
mod uapi;
use bar::Bar;
use buffer::Queue;
use ring::Ring;

module! {
    type: DriversModule,
    name: "mmguard_drivers",
    authors: ["mmguard developers"],
    description: "What drivers do with the memory that they map, in Rust and in C",
    license: "GPL",
}

const TYPE: u32 = uapi::IOCTL_TYPE as u32;
const PEEK: u32 = _IO(TYPE, uapi::PEEK as u32);
const POKE: u32 = _IO(TYPE, uapi::POKE as u32);
const RESIZE: u32 = _IO(TYPE, uapi::RESIZE as u32);
const ENABLE: u32 = _IO(TYPE, uapi::ENABLE as u32);
const MAPPED: u32 = _IO(TYPE, uapi::MAPPED as u32);

/// The locks of the drivers: taken in `mmap` and in faults, under the lock of the VMA.
struct DriverLock;

impl LockLevel for DriverLock {
    type Place = Below<VmaLock>;
}

/// The pages of a device's memory.
fn pages(count: usize) -> Result<KVVec<UserPage>> {
    if !(1..=uapi::MAX_PAGES).contains(&count) {
        return Err(EINVAL);
    }
    let mut pages = KVVec::with_capacity(count, GFP_KERNEL)?;
    for _ in 0..count {
        pages.push(UserPage::new(GFP_KERNEL)?, GFP_KERNEL)?;
    }
    Ok(pages)
}

extern "C" {
    fn twin_register() -> c_int;
    fn twin_unregister();
}

/// The devices in C.
struct Twins;

impl Twins {
    fn register() -> Result<Self> {
        // SAFETY: The devices are registered once, as there is one module.
        to_result(unsafe { twin_register() })?;
        Ok(Self)
    }
}

impl Drop for Twins {
    fn drop(&mut self) {
        // SAFETY: They were registered.
        unsafe { twin_unregister() };
    }
}

#[pin_data]
struct DriversModule {
    _twins: Twins,
    #[pin]
    _ring: MiscDeviceRegistration<Ring>,
    #[pin]
    _bar: MiscDeviceRegistration<Bar>,
    #[pin]
    _queue: MiscDeviceRegistration<Queue>,
}

impl kernel::InPlaceModule for DriversModule {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            _twins: Twins::register()?,
            _ring <- MiscDeviceRegistration::register(MiscDeviceOptions {
                name: c"mmguard-ring",
            }),
            _bar <- MiscDeviceRegistration::register(MiscDeviceOptions {
                name: c"mmguard-bar",
            }),
            _queue <- MiscDeviceRegistration::register(MiscDeviceOptions {
                name: c"mmguard-buffer",
            }),
        })
    }
}
