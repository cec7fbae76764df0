// SPDX-License-Identifier: GPL-2.0-only

//! The VMAs of the process.

use super::{
    guard::{
        order::{
            rights::{
                SeesPfns,
                Stabilises, //
            },
            uaccess::{
                MayFault,
                OrderedUserSlice,
                OrderedUserSliceWriter, //
            },
            LockContext, //
        },
        vma::{
            stable::HeldLock,
            Vma, //
        }, //
    },
    start_of_walk,
    uapi::{
        self,
        VmaRow,
        Vmas, //
    },
    ROW_ALIGN, //
};
use kernel::{
    bindings,
    mm::MmWithUser,
    prelude::*,
    str::CStr,
    transmute::{
        AsBytes,
        FromBytes, //
    },
    uaccess::{
        UserPtr,
        UserSlice, //
    },
};

/// The longest path that is shown, with its NUL.
const PATH_MAX: usize = bindings::PATH_MAX as usize;

/// The most that one call writes. It bounds the time of the call.
const MAX_BUF_LEN: usize = 1 << 20;

// SAFETY: The type has no padding, and any bits are a valid value of it.
unsafe impl FromBytes for Vmas {}
// SAFETY: The type has no padding and no interior mutability.
unsafe impl AsBytes for Vmas {}
// SAFETY: The type has no padding and no interior mutability.
unsafe impl AsBytes for VmaRow {}

/// Reads the VMAs of `mm`, as many as fit.
pub(super) fn read(mm: &MmWithUser, vmas: &mut Vmas) -> Result {
    let from = start_of_walk(mm, vmas.from)?;
    let buf = UserPtr::from_addr(usize::try_from(vmas.buf)?);
    let room = usize::try_from(vmas.buf_len)?.min(MAX_BUF_LEN);
    let mut writer = OrderedUserSlice::new(UserSlice::new(buf, room)).writer();

    *vmas = Vmas {
        buf: vmas.buf,
        ..Vmas::default()
    };
    // Where names are put together, under the lock of a VMA.
    let mut name_buf = KVVec::from_elem(0, PATH_MAX, GFP_KERNEL)?;
    let mut ctx = LockContext::new(mm);
    let mut walk = ctx.walk_vmas(from);
    loop {
        let position = walk.position();
        vmas.fallbacks = walk.fallbacks() as u32;

        // The lock is dropped before the row is written. A write to user memory may fault, and a
        // fault takes the mmap lock of the writing process, which may be the one that is looked at.
        // While the lock is held, the walk is no scope to write in.
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
        write_row(&mut walk, &mut writer, &row, name)?;
        vmas.buf_len += u64::from(row.len);
        vmas.rows += 1;
        vmas.mmap_locked += u32::from(row.row_flags & uapi::ROW_MMAP_LOCKED != 0);
    }
    Ok(())
}

/// Writes a row with its name and padding.
fn write_row(
    scope: &mut impl MayFault,
    writer: &mut OrderedUserSliceWriter,
    row: &VmaRow,
    name: &[u8],
) -> Result {
    writer.write(scope, row)?;
    writer.write_slice(scope, name)?;
    let padding = [0; ROW_ALIGN];
    let len = row.len as usize - size_of::<VmaRow>() - name.len();
    writer.write_slice(scope, &padding[..len])
}

/// Describes a VMA under its lock, and puts its name into `buf`.
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
    // As `/proc/PID/maps` has it, to those who may see page frame numbers.
    let pgoff = vma
        .pgoff()
        .unwrap_or_else(|| SeesPfns::current_task().map_or(0, |who| vma.pgoff_or_pfn(&who)));
    let row = VmaRow {
        start: vma.start() as u64,
        end: vma.end() as u64,
        flags: vma.flags() as u64,
        pgoff: pgoff as u64,
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
