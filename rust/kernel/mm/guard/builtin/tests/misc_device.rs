// SPDX-License-Identifier: GPL-2.0-only

//! Tests of a misc device that prepares its mappings.

use crate::{
    bindings,
    mm::guard::{
        driver::{
            kind::{
                PagesAtMmap,
                ReadWrite, //
            },
            object::VmObject,
            ops::VmOperations,
            page::UserPage,
            setup::{
                Setup,
                VmaDesc, //
            }, //
        },
        order::level::{
            Below,
            LockLevel,
            VmaLock, //
        },
        tests::fixture::*, //
    },
};

use core::ptr::NonNull;
use kernel::{
    error::{
        from_err_ptr,
        to_result, //
    },
    fs::{
        File,
        LocalFile, //
    },
    miscdevice::{
        MiscDevice,
        MiscDeviceOptions,
        MiscDeviceRegistration, //
    },
    new_mutex,
    prelude::*,
    sync::{
        aref::ARef,
        Arc,
        ArcBorrow, //
    }, //
};

struct ObjectLock;

impl LockLevel for ObjectLock {
    type Place = Below<VmaLock>;
}

/// A page, mapped at `mmap`.
struct Memory;

#[vtable]
impl VmOperations for Memory {
    type Kind = PagesAtMmap;
    type Access = ReadWrite;
    type Level = ObjectLock;
    type State = ();
}

/// What an open file of the device has.
struct Device(Arc<VmObject<Memory>>);

#[vtable]
impl MiscDevice for Device {
    type Ptr = Arc<Device>;

    fn open(_file: &File, _misc: &MiscDeviceRegistration<Self>) -> Result<Arc<Device>> {
        let page = UserPage::new(GFP_KERNEL)?;
        page.write(0, &[7])?;
        let mut pages = KVVec::new();
        pages.push(page, GFP_KERNEL)?;
        let kind = PagesAtMmap::new(pages)?;
        let object = VmObject::new(
            c"[mmguard_misc]",
            kind,
            Memory,
            new_mutex!((), "mmguard_misc"),
        );
        Ok(Arc::new(
            Device(Arc::pin_init(object, GFP_KERNEL)?),
            GFP_KERNEL,
        )?)
    }

    fn mmap_prepare(device: ArcBorrow<'_, Device>, _file: &File, desc: &mut VmaDesc) -> Result {
        Setup::prepare(desc).map(device.0.as_arc_borrow())
    }
}

/// Opens a device, as C does when a task opens its node.
fn open(device: &MiscDeviceRegistration<Device>) -> Result<ARef<LocalFile>> {
    let misc = device.as_raw();
    // SAFETY: The device is registered, so its operations are there. An open misc device has the
    // device as its private data first.
    let file = from_err_ptr(unsafe {
        bindings::anon_inode_create_getfile(
            c"[mmguard_misc]".as_char_ptr(),
            (*misc).fops,
            misc.cast(),
            bindings::O_RDWR as c_int,
            core::ptr::null(),
        )
    })?;
    // SAFETY: The file is new, and its operations have `open`.
    let opened = unsafe { (*(*misc).fops).open.map(|open| open((*file).f_inode, file)) };
    to_result(opened.ok_or(ENODEV)?)?;
    // SAFETY: It is a file, to which this has a reference.
    Ok(unsafe { ARef::from_raw(NonNull::new(file).ok_or(ENOMEM)?.cast()) })
}

#[kunit_tests(mmguard_misc_device)]
mod suite {
    use super::*;

    #[test]
    fn prepared_mapping_is_one_of_the_device() -> Result {
        let options = MiscDeviceOptions {
            name: c"mmguard_misc",
        };
        let device = KBox::pin_init(MiscDeviceRegistration::register(options), GFP_KERNEL)?;
        let mm = TestMm::empty()?;
        let file = open(&device)?;
        mm.map_file(BASE, 1, Sharing::Shared, &file, 0)?;
        expect!(mm.read(BASE)? == 7);
        // The mapping keeps the page, and not the file.
        drop(file);
        release_files();
        expect!(mm.read(BASE)? == 7);

        let file = open(&device)?;
        expect!(mm.map_file(BASE, 2, Sharing::Shared, &file, 0) == Err(EINVAL));
        Ok(())
    }
}
