// SPDX-License-Identifier: GPL-2.0-only

//! `/dev/mmguard-contend`: lets user processes wait for each other's VMA and page-table locks.
//!
//! The processes share an open device, and its records, by which one sees how far another one is:
//! a process that is killed in an ioctl does not come back to tell.

use kernel::{
    fs::{
        File,
        LocalFile, //
    },
    ioctl::{
        _IOW,
        _IOWR, //
    },
    miscdevice::{
        MiscDevice,
        MiscDeviceOptions,
        MiscDeviceRegistration, //
    },
    mm::MmWithUser,
    prelude::*,
    processor::cpu_relax,
    sync::{
        aref::ARef,
        atomic::{
            Acquire,
            Atomic,
            Relaxed,
            Release, //
        }, //
    },
    time::{
        delay::fsleep,
        Delta, //
    },
    transmute::{
        AsBytes,
        FromBytes, //
    },
    uaccess::{
        UserPtr,
        UserSlice, //
    },
};
use mmguard::{
    mmap::pid::mm_from_pid,
    order::{
        LockContext,
        LockScope, //
    },
    rmap::i_mmap::i_mmap_lock_write,
    vma::{
        lock::VmaRead,
        Vma, //
    }, //
};

#[cfg(CONFIG_PER_VMA_LOCK)]
mod conform;
#[expect(unreachable_pub, reason = "init uses this file too")]
#[cfg_attr(
    not(CONFIG_PER_VMA_LOCK),
    expect(dead_code, reason = "there are no VMA locks to look at")
)]
mod uapi;
mod vanish;
use uapi::{
    Conform,
    Look,
    Request,
    Status,
    Vanish,
    RECORDS, //
};

module! {
    type: ContendModule,
    name: "mmguard_contend",
    authors: ["mmguard developers"],
    description: "VMA and page-table locks that user processes wait for",
    license: "GPL",
}

const TYPE: u32 = uapi::IOCTL_TYPE as u32;
const HOLD_READ: u32 = _IOW::<Request>(TYPE, uapi::HOLD_READ as u32);
const WRITE: u32 = _IOW::<Request>(TYPE, uapi::WRITE as u32);
const WRITE_KILLABLE: u32 = _IOW::<Request>(TYPE, uapi::WRITE_KILLABLE as u32);
const WRITE_DOWNGRADE: u32 = _IOW::<Request>(TYPE, uapi::WRITE_DOWNGRADE as u32);
const RELEASE: u32 = _IOW::<u32>(TYPE, uapi::RELEASE as u32);
const STATUS: u32 = _IOWR::<Status>(TYPE, uapi::STATUS as u32);
const LOCK_TABLE: u32 = _IOW::<Request>(TYPE, uapi::LOCK_TABLE as u32);
const LAST_USER: u32 = _IOW::<Request>(TYPE, uapi::LAST_USER as u32);
const VANISH: u32 = _IOWR::<Vanish>(TYPE, uapi::VANISH as u32);
#[cfg(CONFIG_PER_VMA_LOCK)]
const CONFORM: u32 = _IOWR::<Conform>(TYPE, uapi::CONFORM as u32);

/// How long a lock is held if nobody releases it, in milliseconds.
const MAX_HOLD: usize = 30_000;

// SAFETY: Any bits are a valid value of the type.
unsafe impl FromBytes for Request {}
// SAFETY: Any bits are a valid value of the type.
unsafe impl FromBytes for Status {}
// SAFETY: The type has no padding and no interior mutability.
unsafe impl AsBytes for Status {}
// SAFETY: Any bits are a valid value of the type.
unsafe impl FromBytes for Vanish {}
// SAFETY: The type has no padding and no interior mutability.
unsafe impl AsBytes for Vanish {}
// SAFETY: Any bits are a valid value of the type.
unsafe impl FromBytes for Conform {}
// SAFETY: The type has no padding and no interior mutability.
unsafe impl AsBytes for Conform {}
// SAFETY: The type has no padding and no interior mutability.
unsafe impl AsBytes for Look {}

#[pin_data]
struct ContendModule {
    #[pin]
    _miscdev: MiscDeviceRegistration<Contend>,
}

impl kernel::InPlaceModule for ContendModule {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            _miscdev <- MiscDeviceRegistration::register(MiscDeviceOptions {
                name: c"mmguard-contend",
            }),
        })
    }
}

/// An open `/dev/mmguard-contend`.
struct Contend {
    records: [Record; RECORDS],
}

/// How far a task is that takes a lock.
struct Record {
    state: Atomic<u32>,
    errno: Atomic<i32>,
    guard: Atomic<u32>,
    writer_waits: Atomic<u32>,
    waits_since: Atomic<u64>,
    holds_since: Atomic<u64>,
    held_until: Atomic<u64>,
    /// How many releases the task has not used up.
    releases: Atomic<i32>,
}

/// How the VMA write lock is waited for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    Killable,
    Uninterruptible,
}

#[vtable]
impl MiscDevice for Contend {
    type Ptr = KBox<Self>;

    fn open(_file: &File, _misc: &MiscDeviceRegistration<Self>) -> Result<Self::Ptr> {
        let records = [const { Record::new() }; RECORDS];
        Ok(KBox::new(Self { records }, GFP_KERNEL)?)
    }

    fn ioctl(me: &Self, _file: &File, cmd: u32, arg: usize) -> Result<isize> {
        let arg = UserPtr::from_addr(arg);
        match cmd {
            HOLD_READ | WRITE | WRITE_KILLABLE | WRITE_DOWNGRADE | LOCK_TABLE | LAST_USER => {
                let request: Request = UserSlice::new(arg, size_of::<Request>()).reader().read()?;
                me.record(request.record)?.run(cmd, &request)?;
            }
            RELEASE => {
                let record: u32 = UserSlice::new(arg, size_of::<u32>()).reader().read()?;
                me.record(record)?.releases.add(1, Relaxed);
            }
            STATUS => {
                let (mut reader, mut writer) =
                    UserSlice::new(arg, size_of::<Status>()).reader_writer();
                let Status { record, .. } = reader.read()?;
                writer.write(&me.record(record)?.status(record))?;
            }
            VANISH => {
                let (mut reader, mut writer) =
                    UserSlice::new(arg, size_of::<Vanish>()).reader_writer();
                let mut request = reader.read()?;
                vanish::vanish(&mut request)?;
                writer.write(&request)?;
            }
            #[cfg(CONFIG_PER_VMA_LOCK)]
            CONFORM => {
                let (mut reader, mut writer) =
                    UserSlice::new(arg, size_of::<Conform>()).reader_writer();
                let mut request = reader.read()?;
                conform::conform(&mut request)?;
                writer.write(&request)?;
            }
            _ => return Err(ENOTTY),
        }
        Ok(0)
    }
}

impl Contend {
    fn record(&self, index: u32) -> Result<&Record> {
        self.records.get(index as usize).ok_or(EINVAL)
    }
}

impl Record {
    const fn new() -> Self {
        Self {
            state: Atomic::new(uapi::UNUSED),
            errno: Atomic::new(0),
            guard: Atomic::new(0),
            writer_waits: Atomic::new(0),
            waits_since: Atomic::new(0),
            holds_since: Atomic::new(0),
            held_until: Atomic::new(0),
            releases: Atomic::new(0),
        }
    }

    fn status(&self, record: u32) -> Status {
        // First, as the rest is written before it.
        let state = self.state.load(Acquire);
        Status {
            record,
            state,
            errno: self.errno.load(Relaxed),
            guard: self.guard.load(Relaxed),
            writer_waits: self.writer_waits.load(Relaxed),
            split_locks: cfg!(CONFIG_SPLIT_PTE_PTLOCKS).into(),
            waits_since: self.waits_since.load(Relaxed),
            holds_since: self.holds_since.load(Relaxed),
            held_until: self.held_until.load(Relaxed),
        }
    }

    /// Takes the lock that `cmd` says, and records how it goes.
    fn run(&self, cmd: u32, request: &Request) -> Result {
        self.errno.store(0, Relaxed);
        self.guard.store(0, Relaxed);
        self.writer_waits.store(0, Relaxed);
        self.waits_since.store(now(), Relaxed);
        self.holds_since.store(0, Relaxed);
        self.held_until.store(0, Relaxed);
        self.releases.store(0, Relaxed);
        self.state.store(uapi::WAITS, Release);
        let result = match cmd {
            HOLD_READ => self.read(request),
            WRITE => self.write(request, Wait::Uninterruptible, false),
            WRITE_KILLABLE => self.write(request, Wait::Killable, false),
            LOCK_TABLE => self.table(request),
            LAST_USER => self.last_user(request),
            _ => self.write(request, Wait::Killable, true),
        };
        let errno = result.err().map_or(0, |err| -err.to_errno());
        self.errno.store(errno, Relaxed);
        self.writer_waits.store(0, Relaxed);
        self.state.store(uapi::DONE, Release);
        result
    }

    /// Takes the VMA read lock.
    fn read(&self, request: &Request) -> Result {
        let addr = usize::try_from(request.addr)?;
        let mm = mm_from_pid(request.pid)?;
        let mut ctx = LockContext::new(&mm);
        let vma = match ctx.lock_vma_under_rcu(addr) {
            Ok(vma) => vma,
            Err(not_obtained) => {
                return match not_obtained.into_context().mmap_read_trylock() {
                    Ok(guard) if guard.vma_lookup(addr).is_none() => Err(EFAULT),
                    _ => Err(EAGAIN),
                };
            }
        };
        self.guard.store(1, Relaxed);
        self.hold(request, uapi::HOLDS, || {
            let waits = writer_waits(&vma);
            self.writer_waits.store(waits.into(), Relaxed);
        })
    }

    /// Takes the VMA write lock.
    fn write(&self, request: &Request, wait: Wait, downgrade: bool) -> Result {
        let addr = usize::try_from(request.addr)?;
        let mm = mm_from_pid(request.pid)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock_killable()?;
        // It ends with the downgrade, or else with the mmap lock.
        let _vma = match wait {
            Wait::Killable => guard.vma_start_write_killable(addr)?,
            Wait::Uninterruptible => guard.vma_start_write(addr)?,
        };
        self.guard.store(1, Relaxed);
        self.hold(request, uapi::HOLDS, || ())?;
        if downgrade {
            let guard = guard.downgrade();
            self.hold(request, uapi::DOWNGRADED, || ())?;
            drop(guard);
        }
        Ok(())
    }

    /// Takes the lock of a PTE table, under which nothing sleeps.
    fn table(&self, request: &Request) -> Result {
        let addr = usize::try_from(request.addr)?;
        let mm = mm_from_pid(request.pid)?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.stabilise(addr)?;
        let (vma, mut scope) = guard.split();
        let pmd = vma.tables()?.pmd_entry(addr).or(Err(ENOENT))?;
        self.waits_since.store(now(), Relaxed);
        let table = pmd.lock_pte_table(&mut scope).map_err(|_| ENOENT)?;
        let since = now();
        self.guard.store(1, Relaxed);
        self.holds_since.store(since, Relaxed);
        self.state.store(uapi::HOLDS, Release);
        if request.hold != 0 {
            while self.releases.load(Relaxed) == 0 && now() < since + uapi::MAX_SPIN {
                cpu_relax();
            }
        }
        self.held_until.store(now(), Relaxed);
        drop(table);
        Ok(())
    }

    /// Drops what may be the last user of an mm, under locks that its end takes.
    fn last_user(&self, request: &Request) -> Result {
        let mm = mm_from_pid(request.pid)?;
        let file = mapped_file(&mm)?;
        self.hold(request, uapi::HOLDS, || ())?;

        let current = current!();
        let mut ctx = LockContext::new(current.mm().ok_or(EINVAL)?);
        let mut guard = ctx.mmap_write_lock();
        let i_mmap = i_mmap_lock_write(&mut guard, &file);
        drop(mm);
        drop(i_mmap);
        Ok(())
    }

    /// Waits for a release, if the request is to hold the lock.
    fn hold(&self, request: &Request, state: u32, look: impl Fn()) -> Result {
        self.state.store(state, Release);
        if request.hold == 0 {
            return Ok(());
        }
        for _ in 0..MAX_HOLD {
            look();
            if self.releases.load(Relaxed) != 0 {
                self.releases.add(-1, Relaxed);
                return Ok(());
            }
            if current!().signal_pending() {
                return Err(EINTR);
            }
            fsleep(Delta::from_millis(1));
        }
        Err(ETIMEDOUT)
    }
}

/// The first file that is mapped in an mm.
fn mapped_file(mm: &MmWithUser) -> Result<ARef<LocalFile>> {
    let mut ctx = LockContext::new(mm);
    let mut walk = ctx.walk_vmas(0);
    while let Some(vma) = walk.next_vma()? {
        if let Some(file) = vma.file() {
            return Ok(ARef::from(file));
        }
    }
    Err(ENOENT)
}

/// The monotonic clock, in nanoseconds.
fn now() -> u64 {
    // SAFETY: C has no requirements.
    // CAST: The clock begins at the boot, so the value is not negative.
    unsafe { kernel::bindings::ktime_get() as u64 }
}

/// Whether a writer waits for the readers of this VMA to go.
#[cfg(CONFIG_PER_VMA_LOCK)]
fn writer_waits(vma: &Vma<'_, VmaRead>) -> bool {
    // SAFETY: The VMA is borrowed, so its lock keeps it valid.
    let refcnt = unsafe { &raw mut (*vma.as_ptr()).vm_refcnt.refs.counter };
    // SAFETY: The field is valid and aligned, and all its accesses are atomic.
    let refcnt = unsafe { Atomic::from_ptr(refcnt) }.load(Acquire);
    // CAST: The flag is a bit of the unsigned value.
    refcnt as u32 & kernel::bindings::VM_REFCNT_EXCLUDE_READERS_FLAG != 0
}

/// Without VMA locks there is no reader that a writer could wait for.
#[cfg(not(CONFIG_PER_VMA_LOCK))]
fn writer_waits(_vma: &Vma<'_, VmaRead>) -> bool {
    false
}
