// SPDX-License-Identifier: GPL-2.0-only

//! `/dev/mmscope`: what the address space of a live process looks like.
//!
//! It changes nothing. See `README.md` beside this file.

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
    mm::{
        Mm,
        MmWithUser, //
    },
    new_mutex,
    page::PAGE_SIZE,
    prelude::*,
    str::CStr,
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
        UserSlice,
        UserSliceWriter, //
    },
};
use mmguard::{
    mm_from_pid,
    rights::Stabilises,
    HeldLock,
    LockContext,
    Vma, //
};

#[expect(dead_code, unreachable_pub, reason = "the client uses this file too")]
mod uapi;
use uapi::{
    VmaRow,
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

/// The longest path that is shown, with its NUL.
const PATH_MAX: usize = bindings::PATH_MAX as usize;

/// The most that one call writes. It bounds the time of the call.
const MAX_BUF_LEN: usize = 1 << 20;

/// Rows are padded to a multiple of this.
const ROW_ALIGN: usize = 8;

// SAFETY: The type has no padding, and any bits are a valid value of it.
unsafe impl FromBytes for Vmas {}
// SAFETY: The type has no padding and no interior mutability.
unsafe impl AsBytes for Vmas {}
// SAFETY: The type has no padding and no interior mutability.
unsafe impl AsBytes for VmaRow {}

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
    }
}

/// An open `/dev/mmscope`.
#[pin_data]
struct MmScope {
    /// What is looked at. It holds no user reference, so it does not keep the memory of a process
    /// that exits.
    ///
    /// The lock is held for a moment only: a write to user memory may take as long as its owner
    /// likes, by userfaultfd, and others must not wait for that.
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
        if !matches!(cmd, ATTACH | VMAS) {
            return Err(ENOTTY);
        }
        if !may_look() {
            return Err(EPERM);
        }
        let arg = UserPtr::from_addr(arg);
        match cmd {
            ATTACH => me.attach(UserSlice::new(arg, size_of::<Pid>()).reader().read()?)?,
            _ => {
                let (mut reader, mut writer) =
                    UserSlice::new(arg, size_of::<Vmas>()).reader_writer();
                let mut vmas = reader.read()?;
                me.read_vmas(&mut vmas)?;
                writer.write(&vmas)?;
            }
        }
        Ok(0)
    }
}

/// Whether the current task may look at other address spaces.
///
/// The check that `/proc/PID/maps` makes, `ptrace_may_access()`, is not exported to modules. This
/// is the capability that lets a task pass it for any process, unless a security module objects.
fn may_look() -> bool {
    // SAFETY: `capable` may be called in task context.
    unsafe { bindings::capable(bindings::CAP_SYS_PTRACE as c_int) }
}

impl MmScope {
    fn attach(&self, pid: Pid) -> Result {
        let mm = mm_from_pid(pid)?;
        let before = self.target.lock().replace(ARef::from(&**mm));
        // Dropped without the lock, as that may sleep.
        drop(before);
        Ok(())
    }

    fn read_vmas(&self, vmas: &mut Vmas) -> Result {
        let target = self.target.lock().clone().ok_or(ENXIO)?;
        let mm = target.mmget_not_zero().ok_or(ESRCH)?;
        let from = usize::try_from(vmas.from)?;
        if from % PAGE_SIZE != 0 || task_size(&mm).is_some_and(|end| from > end) {
            return Err(EINVAL);
        }
        let buf = UserPtr::from_addr(usize::try_from(vmas.buf)?);
        let room = usize::try_from(vmas.buf_len)?.min(MAX_BUF_LEN);
        let mut writer = UserSlice::new(buf, room).writer();

        *vmas = Vmas {
            buf: vmas.buf,
            ..Vmas::default()
        };
        // Where names are put together, under the lock of a VMA.
        let mut name_buf = KVVec::from_elem(0, PATH_MAX, GFP_KERNEL)?;
        let mut ctx = LockContext::new(&mm);
        let mut walk = ctx.walk_vmas(from);
        loop {
            let position = walk.position();
            vmas.fallbacks = walk.fallbacks() as u32;

            // The lock is dropped before the row is written: a write to user memory may fault, and
            // a fault takes the mmap lock of the writer, who may be the one that is looked at.
            let (row, name) = match walk.next_vma()? {
                Some(vma) => describe(&vma, vma.held_lock(), &mut name_buf),
                None => {
                    vmas.end = 1;
                    vmas.from = position as u64;
                    break;
                }
            };
            if row.len as usize > writer.len() {
                vmas.from = position as u64;
                if vmas.rows == 0 {
                    return Err(ENOSPC);
                }
                break;
            }
            write_row(&mut writer, &row, name)?;
            vmas.buf_len += u64::from(row.len);
            vmas.rows += 1;
            vmas.mmap_locked += u32::from(row.row_flags & uapi::ROW_MMAP_LOCKED != 0);
        }
        Ok(())
    }
}

/// The end of the addresses that the mm may use, in bytes, once `execve` has set it.
fn task_size(mm: &MmWithUser) -> Option<usize> {
    // SAFETY: The mm is valid. `setup_new_exec()` may write the field at the same time, once,
    // hence the volatile read.
    let end = unsafe { (&raw const (*mm.as_raw()).__bindgen_anon_1.task_size).read_volatile() };
    (end != 0).then_some(end)
}

/// Writes a row with its name and padding.
fn write_row(writer: &mut UserSliceWriter, row: &VmaRow, name: &[u8]) -> Result {
    writer.write(row)?;
    writer.write_slice(name)?;
    let padding = [0; ROW_ALIGN];
    let len = row.len as usize - size_of::<VmaRow>() - name.len();
    writer.write_slice(&padding[..len])
}

/// Describes a VMA under its lock. The name is put into `buf`.
fn describe<'b, L: Stabilises>(
    vma: &Vma<'_, L>,
    held_lock: HeldLock,
    buf: &'b mut [u8],
) -> (VmaRow, &'b [u8]) {
    let (name_kind, name) = describe_name(vma, buf);
    let mut row_flags = 0;
    if vma.is_anonymous() {
        row_flags |= uapi::ROW_ANONYMOUS;
    }
    if held_lock == HeldLock::Mmap {
        row_flags |= uapi::ROW_MMAP_LOCKED;
    }
    let row = VmaRow {
        start: vma.start() as u64,
        end: vma.end() as u64,
        flags: vma.flags() as u64,
        pgoff: vma.pgoff() as u64,
        // CAST: A name is shorter than `PATH_MAX`.
        len: (size_of::<VmaRow>() + name.len()).next_multiple_of(ROW_ALIGN) as u32,
        name_len: name.len() as u16,
        name_kind,
        row_flags,
    };
    (row, name)
}

/// Finds the name of a VMA, by the rules of `/proc/PID/maps` (`get_vma_name()`).
fn describe_name<'b, L: Stabilises>(vma: &Vma<'_, L>, buf: &'b mut [u8]) -> (u8, &'b [u8]) {
    if vma.has_file() {
        return match vma.anon_name() {
            Some(name) => (uapi::NAME_ANON_SHARED, copy(name, buf)),
            None => match vma.file_path(buf) {
                Ok(path) => (uapi::NAME_FILE, path.map_or(&[], CStr::to_bytes)),
                Err(_) => (uapi::NAME_FILE_TOO_LONG, &[]),
            },
        };
    }
    if let Some(name) = vma.special_name() {
        (uapi::NAME_SPECIAL, copy(name, buf))
    } else if vma.is_initial_heap() {
        (uapi::NAME_HEAP, &[])
    } else if vma.is_initial_stack() {
        (uapi::NAME_STACK, &[])
    } else if let Some(name) = vma.anon_name() {
        (uapi::NAME_ANON, copy(name, buf))
    } else {
        (uapi::NAME_NONE, &[])
    }
}

/// Copies as much of `name` as fits to `buf`.
fn copy<'b>(name: &CStr, buf: &'b mut [u8]) -> &'b [u8] {
    let name = name.to_bytes();
    let len = name.len().min(buf.len());
    buf[..len].copy_from_slice(&name[..len]);
    &buf[..len]
}
