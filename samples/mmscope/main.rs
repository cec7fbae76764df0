// SPDX-License-Identifier: GPL-2.0-only

//! `/dev/mmscope`: what the address space of a live process looks like.
//!
//! It changes nothing, but for the accessed bits of the working set.

use kernel::{
    bindings,
    fs::File,
    ioctl::{
        _IOW,
        _IOWR, //
    },
    miscdevice::{
        MiscDevice,
        MiscDeviceOptions,
        MiscDeviceRegistration, //
    },
    mm::Mm,
    new_mutex,
    page::PAGE_SIZE,
    prelude::*,
    sync::{
        aref::ARef,
        Mutex, //
    },
    task::Pid,
    transmute::{
        AsBytes,
        FromBytes, //
    },
    uaccess::{
        UserPtr,
        UserSlice, //
    },
};

#[cfg(not(MODULE))]
use kernel::mm::guard;
#[cfg(MODULE)]
use mmguard as guard;

use guard::order::LockContext;

mod pages;
#[expect(dead_code, unreachable_pub, reason = "programs use this file too")]
mod uapi;
mod vmas;
#[cfg(not(MODULE))]
mod wss;

use uapi::{
    Pages,
    Vmas, //
};

module! {
    type: MmScopeModule,
    name: "mmscope",
    authors: ["mmguard developers"],
    description: "Shows the address space of a live process",
    license: "GPL",
}

const ATTACH: u32 = _IOW::<Pid>(uapi::IOCTL_TYPE as u32, uapi::IOCTL_ATTACH as u32);
const VMAS: u32 = _IOWR::<Vmas>(uapi::IOCTL_TYPE as u32, uapi::IOCTL_VMAS as u32);
const PAGES: u32 = _IOWR::<Pages>(uapi::IOCTL_TYPE as u32, uapi::IOCTL_PAGES as u32);
#[cfg(not(MODULE))]
const WSS: u32 = _IOWR::<uapi::Wss>(uapi::IOCTL_TYPE as u32, uapi::IOCTL_WSS as u32);

/// Rows are padded to a multiple of this.
const ROW_ALIGN: usize = 8;

#[pin_data]
struct MmScopeModule {
    #[pin]
    _miscdev: MiscDeviceRegistration<MmScope>,
}

impl kernel::InPlaceModule for MmScopeModule {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            _miscdev <- MiscDeviceRegistration::register(MiscDeviceOptions { name: c"mmscope" }),
        })
        .pin_chain(move |_me| {
            #[cfg(MODULE)]
            guard::misc_device::keep_loaded(_module, &_me._miscdev);
            Ok(())
        })
    }
}

/// An open `/dev/mmscope`.
#[pin_data]
struct MmScope {
    /// The mm that is looked at.
    ///
    /// It holds no user reference, so it does not keep the memory of a process that exits.
    ///
    /// The lock is held for a moment only. A write to user memory may take as long as the owner of
    /// the memory likes, by userfaultfd, and others must not wait for that.
    #[pin]
    target: Mutex<Option<ARef<Mm>>>,
}

#[vtable]
impl MiscDevice for MmScope {
    type Ptr = Pin<KBox<Self>>;

    fn open(_file: &File, _misc: &MiscDeviceRegistration<Self>) -> Result<Self::Ptr> {
        KBox::pin_init(
            pin_init!(Self {
                target <- new_mutex!(None),
            }),
            GFP_KERNEL,
        )
    }

    fn ioctl(me: Pin<&Self>, _file: &File, cmd: u32, arg: usize) -> Result<isize> {
        match cmd {
            ATTACH | VMAS | PAGES => {}
            #[cfg(not(MODULE))]
            WSS => {}
            _ => return Err(ENOTTY),
        }
        if !may_look() {
            return Err(EPERM);
        }
        let arg = UserPtr::from_addr(arg);
        match cmd {
            ATTACH => me.attach(UserSlice::new(arg, size_of::<Pid>()).reader().read()?)?,
            VMAS => me.read(arg, vmas::read)?,
            #[cfg(not(MODULE))]
            WSS => me.read(arg, wss::read)?,
            _ => me.read(arg, pages::read)?,
        }
        Ok(0)
    }
}

/// Whether the current task may look at other address spaces.
///
/// The check that `/proc/PID/maps` makes, `ptrace_may_access()`, is not exported to modules. This
/// is the capability that lets a task pass it for any process, unless a security module objects.
fn may_look() -> bool {
    // SAFETY: `capable` looks at the credentials of the current task, which is always valid.
    unsafe { bindings::capable(bindings::CAP_SYS_PTRACE as c_int) }
}

impl MmScope {
    fn attach(&self, pid: Pid) -> Result {
        // The user reference is dropped here.
        let mm = ARef::<Mm>::from(&***guard::mmap::pid::mm_from_pid(pid)?);
        let before = self.target.lock().replace(mm);
        // Dropped without the lock, as that may sleep.
        drop(before);
        Ok(())
    }

    /// Calls `read` for what is looked at, with the argument of an ioctl, and writes it back.
    fn read<T: FromBytes + AsBytes>(
        &self,
        arg: UserPtr,
        read: impl FnOnce(&Target, &mut T) -> Result,
    ) -> Result {
        let (mut reader, mut writer) = UserSlice::new(arg, size_of::<T>()).reader_writer();
        let mut arg = reader.read()?;
        let target = self.target.lock().clone().ok_or(ENXIO)?;
        read(&Target(target), &mut arg)?;
        writer.write(&arg)
    }
}

/// Whether a call with so many rows should return them, as there is a signal for the caller.
///
/// Without a row there is no progress, so it makes one first.
fn is_interrupted(rows: u32) -> bool {
    rows > 0 && current!().signal_pending()
}

/// What is looked at, for the time of a call.
struct Target(ARef<Mm>);

impl Target {
    /// Has `look` look at the address space, for one row.
    ///
    /// The memory of a process that is killed stays while this lasts. So `look` allocates nothing
    /// and writes nothing to user memory: both may wait for memory, and the latter for anybody.
    fn look<R>(&self, look: impl FnOnce(&mut LockContext<'_>) -> Result<R>) -> Result<R> {
        let mm = self.0.mmget_not_zero().ok_or(ESRCH)?;
        look(&mut LockContext::new(&mm))
    }

    /// Checks the address that a walk over the VMAs is to begin at.
    fn start_of_walk(&self, from: u64) -> Result<usize> {
        let from = usize::try_from(from)?;
        if from % PAGE_SIZE != 0 || self.task_size().is_some_and(|end| from > end) {
            return Err(EINVAL);
        }
        Ok(from)
    }

    /// The end of the addresses that the mm may use, in bytes, once `execve` has set it.
    fn task_size(&self) -> Option<usize> {
        let mm = self.0.as_raw();
        // SAFETY: The mm is valid, as it is counted. `setup_new_exec()` may write the field at the
        // same time, hence the volatile load.
        let end = unsafe { (&raw const (*mm).__bindgen_anon_1.task_size).read_volatile() };
        (end != 0).then_some(end)
    }
}
