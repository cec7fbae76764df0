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
            NothingHeld, //
        },
        vma::{
            stable::HeldLock,
            Vma, //
        }, //
    },
    is_interrupted,
    uapi::{
        self,
        VmaRow,
        Vmas, //
    },
    Target,
    ROW_ALIGN, //
};
use kernel::{
    bindings,
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

/// Reads the VMAs of `target`, as many as fit.
pub(super) fn read(target: &Target, vmas: &mut Vmas) -> Result {
    let mut from = target.start_of_walk(vmas.from)?;
    let buf = UserPtr::from_addr(usize::try_from(vmas.buf)?);
    let room = usize::try_from(vmas.buf_len)?.min(MAX_BUF_LEN);
    let mut writer = OrderedUserSlice::new(UserSlice::new(buf, room)).writer();

    *vmas = Vmas {
        buf: vmas.buf,
        ..Vmas::default()
    };
    // Where names are put together, under the lock of a VMA.
    let mut name_buf = KVVec::from_elem(0, PATH_MAX, GFP_KERNEL)?;
    while !is_interrupted(vmas.rows) {
        let name_buf = &mut *name_buf;
        let found = target.look(move |ctx| {
            // It moves, so that the name may leave.
            let name_buf = name_buf;
            let mut walk = ctx.walk_vmas(from);
            let Some(vma) = walk.next_vma()? else {
                return Ok(None);
            };
            let (row, name) = describe(&vma, vma.held_lock(), name_buf);
            drop(vma);
            Ok(Some((row, name, walk.fallbacks())))
        })?;
        let Some((row, name, fallbacks)) = found else {
            vmas.end = 1;
            break;
        };
        if row.len as usize > writer.len() {
            if vmas.rows == 0 {
                return Err(ENOSPC);
            }
            break;
        }
        write_row(&mut NothingHeld::new(), &mut writer, &row, name)?;
        from = row.end as usize;
        vmas.buf_len += u64::from(row.len);
        vmas.rows += 1;
        vmas.fallbacks += fallbacks as u32;
        vmas.mmap_locked += u32::from(row.row_flags & uapi::ROW_MMAP_LOCKED != 0);
    }
    vmas.from = from as u64;
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
