// SPDX-License-Identifier: GPL-2.0-only

//! `/dev/mmpool`: a driver that maps memory of its own, in each way that there is.
//!
//! An open file has one object, whose kind is told by the first ioctl. Each kind is in a file of
//! its own, of which a driver needs one.

use kernel::{
    fs::File,
    ioctl::{
        _IO,
        _IOR,
        _IOW,
        _IOWR, //
    },
    miscdevice::{
        MiscDevice,
        MiscDeviceOptions,
        MiscDeviceRegistration, //
    },
    mm::virt::VmaNew,
    page::PAGE_SIZE,
    prelude::*,
    sync::SetOnce,
    uaccess::{
        UserPtr,
        UserSlice, //
    },
};

#[cfg(not(MODULE))]
use kernel::mm::guard;
#[cfg(MODULE)]
use mmguard as guard;

mod mixed;
mod pages;
mod pfns;
mod pfns_at_mmap;
mod pool;
mod ring;
mod slots;
#[expect(unreachable_pub, reason = "programs use this file too")]
mod uapi;

use guard::driver::{
    kind::{
        Access,
        ReadOnly,
        ReadWrite, //
    },
    setup::Setup, //
};
use pool::Pool;

module! {
    type: MmPoolModule,
    name: "mmpool",
    authors: ["mmguard developers"],
    description: "Maps memory of its own, in each way that there is",
    license: "GPL",
}

const SETUP: u32 = _IOW::<uapi::Setup>(uapi::IOCTL_TYPE as u32, uapi::IOCTL_SETUP as u32);
const REVOKE: u32 = _IOW::<uapi::Range>(uapi::IOCTL_TYPE as u32, uapi::IOCTL_REVOKE as u32);
const STATS: u32 = _IOR::<uapi::Stats>(uapi::IOCTL_TYPE as u32, uapi::IOCTL_STATS as u32);
const WORD: u32 = _IOWR::<uapi::Word>(uapi::IOCTL_TYPE as u32, uapi::IOCTL_WORD as u32);
const SUSPEND: u32 = _IO(uapi::IOCTL_TYPE as u32, uapi::IOCTL_SUSPEND as u32);
const RESUME: u32 = _IO(uapi::IOCTL_TYPE as u32, uapi::IOCTL_RESUME as u32);
const RING: u32 = _IO(uapi::IOCTL_TYPE as u32, uapi::IOCTL_RING as u32);

#[pin_data]
struct MmPoolModule {
    #[pin]
    _miscdev: MiscDeviceRegistration<MmPool>,
}

impl kernel::InPlaceModule for MmPoolModule {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            _miscdev <- MiscDeviceRegistration::register(MiscDeviceOptions { name: c"mmpool" }),
        })
        .pin_chain(move |_me| {
            #[cfg(MODULE)]
            guard::misc_device::keep_loaded(_module, &_me._miscdev);
            Ok(())
        })
    }
}

/// An open `/dev/mmpool`.
struct MmPool {
    /// The object, once there is one.
    ///
    /// No lock protects it, as there is none that would do: C calls `mmap` under the mmap lock, and
    /// an ioctl takes the mmap lock when it reads its argument.
    object: SetOnce<Object>,
}

/// The object of an open file.
struct Object {
    pool: KBox<dyn Pool>,
    /// The length, in pages.
    len: usize,
    /// What it was set up with.
    flags: u32,
}

#[vtable]
impl MiscDevice for MmPool {
    type Ptr = KBox<Self>;

    fn open(_file: &File, _misc: &MiscDeviceRegistration<Self>) -> Result<Self::Ptr> {
        let me = Self {
            object: SetOnce::new(),
        };
        Ok(KBox::new(me, GFP_KERNEL)?)
    }

    fn mmap(me: &Self, _file: &File, vma: &VmaNew) -> Result {
        let object = me.object()?;
        let mut setup = Setup::new(vma);
        if object.flags & uapi::SETUP_DONTCOPY != 0 {
            setup = setup.dont_copy();
        }
        if object.flags & uapi::SETUP_IO != 0 {
            setup = setup.io();
        }
        object.pool.map(setup)
    }

    fn ioctl(me: &Self, _file: &File, cmd: u32, arg: usize) -> Result<isize> {
        let arg = UserPtr::from_addr(arg);
        let result = match cmd {
            SETUP => me.set_up(arg)?,
            REVOKE => me.revoke(arg)?,
            STATS => me.stats(arg)?,
            WORD => me.word(arg)?,
            SUSPEND => me.object()?.pool.suspend().map(|()| 0)?,
            RESUME => me.object()?.pool.resume().map(|()| 0)?,
            RING => me.object()?.pool.ring()?,
            _ => return Err(ENOTTY),
        };
        Ok(result as isize)
    }
}

impl MmPool {
    fn object(&self) -> Result<&Object> {
        self.object.as_ref().ok_or(ENXIO)
    }

    fn set_up(&self, arg: UserPtr) -> Result<usize> {
        let mut reader = UserSlice::new(arg, size_of::<uapi::Setup>()).reader();
        let setup = uapi::Setup {
            kind: reader.read()?,
            flags: reader.read()?,
            pages: reader.read()?,
        };
        if self.object.as_ref().is_some() {
            return Err(EBUSY);
        }
        if !(1..=uapi::MAX_PAGES).contains(&setup.pages) {
            return Err(EINVAL);
        }
        let len = setup.pages as usize;
        let pool = if setup.flags & uapi::SETUP_READ_ONLY != 0 {
            new_pool::<ReadOnly>(&setup, len)?
        } else {
            new_pool::<ReadWrite>(&setup, len)?
        };
        let object = Object {
            pool,
            len,
            flags: setup.flags,
        };
        // Another task may have been faster.
        self.object.populate(object).then_some(0).ok_or(EBUSY)
    }

    fn revoke(&self, arg: UserPtr) -> Result<usize> {
        let mut reader = UserSlice::new(arg, size_of::<uapi::Range>()).reader();
        let range = uapi::Range {
            start: reader.read()?,
            pages: reader.read()?,
        };
        let object = self.object()?;
        let in_object = |page: u64| usize::try_from(page).map_or(object.len, |p| p.min(object.len));
        let end = range.start.saturating_add(range.pages);
        object.pool.revoke(in_object(range.start)..in_object(end))
    }

    fn stats(&self, arg: UserPtr) -> Result<usize> {
        let stats = self.object()?.pool.counts().stats();
        let uapi::Stats {
            faults,
            present,
            revoked,
            shrunk,
            opened,
            closed,
            objects,
            writes,
        } = stats;
        let mut writer = UserSlice::new(arg, size_of::<uapi::Stats>()).writer();
        for count in [
            faults, present, revoked, shrunk, opened, closed, objects, writes,
        ] {
            writer.write(&count)?;
        }
        Ok(0)
    }

    fn word(&self, arg: UserPtr) -> Result<usize> {
        let (mut reader, mut writer) = UserSlice::new(arg, size_of::<uapi::Word>()).reader_writer();
        let word = uapi::Word {
            offset: reader.read()?,
            value: reader.read()?,
            write: reader.read()?,
        };
        let write = match word.write {
            0 => None,
            1 => Some(word.value),
            _ => return Err(EINVAL),
        };
        let object = self.object()?;
        if word.offset % size_of::<u32>() as u64 != 0 {
            return Err(EINVAL);
        }
        let offset = usize::try_from(word.offset).map_err(|_| EFAULT)?;
        let page = offset / PAGE_SIZE;
        if page >= object.len {
            return Err(EFAULT);
        }
        let value = object.pool.word(page, offset % PAGE_SIZE, write)?;
        // No lock is held here: to write to user memory can take as long as its owner likes.
        writer.write(&word.offset)?;
        writer.write(&value)?;
        Ok(0)
    }
}

/// Makes an object of any kind.
fn new_pool<A: Access>(setup: &uapi::Setup, len: usize) -> Result<KBox<dyn Pool>> {
    let mut known = uapi::SETUP_READ_ONLY | uapi::SETUP_DONTCOPY | uapi::SETUP_IO;
    if setup.kind == uapi::KIND_PAGES {
        known |= uapi::SETUP_PURGEABLE;
    }
    if setup.flags & !known != 0 {
        return Err(EINVAL);
    }
    let purgeable = setup.flags & uapi::SETUP_PURGEABLE != 0;
    match setup.kind {
        uapi::KIND_PAGES => pages::PagesPool::<A>::boxed(len, purgeable),
        uapi::KIND_PFNS => pfns::PfnsPool::<A>::boxed(len),
        uapi::KIND_MIXED => mixed::MixedPool::<A>::boxed(len),
        uapi::KIND_PAGES_AT_MMAP => ring::SharedPool::<A>::boxed(len),
        uapi::KIND_PFNS_AT_MMAP => pfns_at_mmap::PfnsAtMmapPool::<A>::boxed(len),
        _ => Err(EINVAL),
    }
}
