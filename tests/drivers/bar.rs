// SPDX-License-Identifier: GPL-2.0-only

//! Page frames of a device that are taken back when it is disabled, as a BAR of
//! `drivers/vfio/pci/vfio_pci_core.c`.

use crate::{
    uapi,
    DriverLock,
    ENABLE, //
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
            Frames,
            Pfns,
            ReadWrite, //
        },
        object::VmObject,
        ops::VmOperations,
        setup::Setup, //
    },
    order::NothingHeld, //
};

/// A BAR. The object's state is whether the device is enabled.
pub(crate) struct Bar;

#[vtable]
impl VmOperations for Bar {
    type Kind = Pfns;
    type Access = ReadWrite;
    type Level = DriverLock;
    type State = bool;

    fn fault(fault: Fault<'_, Self>) -> FaultResult<'_> {
        let (place, mut scope) = fault.into_place();
        let bar = place.object();
        let mut enabled = bar.lock(&mut scope);
        let (enabled, locked, mut scope) = enabled.split_mut();
        if !*enabled {
            return Err(FaultError::BusError);
        }
        place.map_frame(locked, &mut scope)
    }
}

#[vtable]
impl MiscDevice for Bar {
    type Ptr = Arc<VmObject<Self>>;

    fn open(_file: &File, _misc: &MiscDeviceRegistration<Self>) -> Result<Self::Ptr> {
        let memory = Frames::of_pages(crate::pages(uapi::PAGES)?);
        Arc::pin_init(
            VmObject::new(
                c"[mmguard_bar]",
                Pfns::new(memory),
                Self,
                new_mutex!(true, "bar"),
            ),
            GFP_KERNEL,
        )
    }

    fn mmap(bar: ArcBorrow<'_, VmObject<Self>>, _file: &File, vma: &VmaNew) -> Result {
        if vma.flags() & flags::SHARED == 0 {
            return Err(EINVAL);
        }
        Setup::new(vma).map(bar)
    }

    fn ioctl(
        bar: ArcBorrow<'_, VmObject<Self>>,
        _file: &File,
        cmd: u32,
        arg: usize,
    ) -> Result<isize> {
        if cmd != ENABLE {
            return Err(ENOTTY);
        }
        let mut nothing = NothingHeld::new();
        let mut enabled = bar.lock(&mut nothing);
        let (enabled, locked, mut scope) = enabled.split_mut();
        *enabled = arg != 0;
        if !*enabled {
            locked.revoke(&mut scope, 0..uapi::PAGES);
        }
        Ok(0)
    }
}
