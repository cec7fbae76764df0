// SPDX-License-Identifier: GPL-2.0-only

//! What the device answers, to right and to wrong inputs.

use crate::subject::{as_user, attached, Subject};
use mmguard_vm::{
    tap::{text, Failure, Tap},
    PAGE,
};
use mmscope::{
    check::{compare, Comparison},
    device::{Device, RawWalk, ReadError, ATTACH, PAGES, VMAS},
    uapi::Vmas,
};
use nix::{errno::Errno, libc};
use std::{
    fs,
    os::fd::OwnedFd,
    slice,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
};

/// An address that no user may have.
pub const KERNEL: u64 = 0xffff_8880_0000_0000;
/// Just after the last address that any process can have, with five-level paging.
pub const BEYOND: u64 = 1 << 56;

/// Expects an error.
pub fn expect<T: std::fmt::Debug>(
    what: &str,
    result: Result<T, Errno>,
    errno: Errno,
) -> Result<(), Failure> {
    match result {
        Err(err) if err == errno => Ok(()),
        other => Err(format!("{what}: {other:?}, not {errno:?}")),
    }
}

fn vmas(device: &Device, from: u64, buf: u64, buf_len: u64) -> Result<Vmas, Errno> {
    let mut vmas = Vmas {
        from,
        buf,
        buf_len,
        ..Vmas::default()
    };
    // SAFETY: The ioctl reads and writes a `Vmas`. `buf` is a buffer that nothing else uses, or
    // an address that nothing is at.
    unsafe { device.ioctl(VMAS, &raw mut vmas as usize) }.map(|()| vmas)
}

/// A mapping that is unmapped in the end.
pub struct Map(pub *mut u8, usize);

impl Map {
    pub fn new(len: usize) -> Self {
        let (prot, flags) = (
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
        );
        // SAFETY: It maps over nothing.
        let map = unsafe { libc::mmap(std::ptr::null_mut(), len, prot, flags, -1, 0) };
        assert_ne!(map, libc::MAP_FAILED);
        Self(map.cast(), len)
    }

    pub fn protect(&self, offset: usize, len: usize, prot: i32) {
        // SAFETY: It is in the mapping.
        let result = unsafe { libc::mprotect(self.0.add(offset).cast(), len, prot) };
        assert_eq!(result, 0);
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        // SAFETY: The mapping is this one's.
        unsafe { libc::munmap(self.0.cast(), self.1) };
    }
}

fn matching(pid: i32, chunk: usize, vma_locks: bool) -> Result<Comparison, Failure> {
    let comparison = compare(&attached(pid)?, pid, chunk).map_err(text)?;
    if !comparison.all_match() {
        let mut diff = Vec::new();
        let _ = comparison.write_diff(&mut diff, pid);
        return Err(String::from_utf8_lossy(&diff).into_owned());
    }
    let counts = comparison.counts;
    if !vma_locks && counts.mmap_locked != counts.rows {
        return Err(format!("not all under the mmap lock: {counts:?}"));
    }
    if vma_locks && counts.fallbacks * 20 > counts.rows {
        return Err(format!("more than 5 % needed the mmap lock: {counts:?}"));
    }
    Ok(comparison)
}

pub fn tests(tap: &mut Tap, vma_locks: bool) {
    for (state, stop) in [("stopped", true), ("running and quiet", false)] {
        for chunk in [usize::MAX, 4096, 64] {
            let calls = if chunk == usize::MAX {
                "as much as fits".into()
            } else {
                format!("{chunk} bytes")
            };
            tap.test(
                &format!("{state}, {calls} per call: equal row for row"),
                || {
                    let many = Subject::spawn(&["many"])?;
                    if stop {
                        many.stop();
                    }
                    let comparison = matching(many.pid(), chunk, vma_locks)?;
                    kinds(&comparison)?;
                    Ok(format!("{:?}", comparison.counts))
                },
            );
        }
    }

    tap.test("bad ioctl numbers: ENOTTY", || {
        let device = attached(1)?;
        for number in [
            0,
            ATTACH + 1,
            VMAS + 0x40,
            VMAS ^ (1 << 16),
            PAGES ^ (1 << 16),
            ATTACH | (3 << 30),
            u32::MAX.into(),
        ] {
            let mut arg = [0_u64; 8];
            // SAFETY: The argument is as large as that of any known ioctl.
            let result = unsafe { device.ioctl(number, arg.as_mut_ptr() as usize) };
            expect(&format!("{number:#x}"), result, Errno::ENOTTY)?;
        }
        Ok("")
    });
    tap.test("bad pointers to the argument: EFAULT", || {
        let device = attached(1)?;
        let guard = Map::new(PAGE);
        guard.protect(0, PAGE, libc::PROT_NONE);
        for arg in [0, 8, KERNEL, u64::MAX - 7, BEYOND - 8, guard.0 as u64] {
            for number in [ATTACH, VMAS, PAGES] {
                // SAFETY: Nothing is at the address.
                let result = unsafe { device.ioctl(number, arg as usize) };
                expect(&format!("{arg:#x}"), result, Errno::EFAULT)?;
            }
        }
        Ok("")
    });
    tap.test("an argument that can only be read: EFAULT", || {
        let device = attached(1)?;
        let page = Map::new(PAGE);
        page.protect(0, PAGE, libc::PROT_READ);
        // SAFETY: The kernel cannot write there. It is all zeroes: the buffer has no room.
        let result = unsafe { device.ioctl(VMAS, page.0 as usize) };
        expect("no room", result, Errno::ENOSPC)?;
        page.protect(0, PAGE, libc::PROT_READ | libc::PROT_WRITE);
        let mut buf = vec![0_u8; 1 << 16];
        // SAFETY: The page is mapped, aligned, and used by nothing else.
        unsafe {
            page.0.cast::<Vmas>().write(Vmas {
                buf: buf.as_mut_ptr() as u64,
                buf_len: buf.len() as u64,
                ..Vmas::default()
            })
        };
        page.protect(0, PAGE, libc::PROT_READ);
        // SAFETY: The kernel cannot write there, and may write to `buf`.
        let result = unsafe { device.ioctl(VMAS, page.0 as usize) };
        expect("read-only", result, Errno::EFAULT)?;
        Ok("")
    });
    tap.test("bad buffers: EFAULT", || {
        let device = attached(1)?;
        for buf in [0, 8, KERNEL, u64::MAX - 7, BEYOND] {
            expect(
                &format!("{buf:#x}"),
                vmas(&device, 0, buf, 1 << 16),
                Errno::EFAULT,
            )?;
        }
        Ok("")
    });
    tap.test("short buffers: ENOSPC", || {
        let device = attached(1)?;
        let mut buf = [0_u8; 39];
        for len in [0, 1, 39] {
            let result = vmas(&device, 0, buf.as_mut_ptr() as u64, len);
            expect(&format!("{len} bytes"), result, Errno::ENOSPC)?;
        }
        Ok("")
    });
    tap.test("a buffer that is bad in the middle: EFAULT", || {
        let many = Subject::spawn(&["many"])?;
        let device = many.device()?;
        let map = Map::new(4 * PAGE);
        map.protect(2 * PAGE, PAGE, libc::PROT_NONE);
        let result = vmas(&device, 0, map.0 as u64, 4 * PAGE as u64);
        expect("PROT_NONE", result, Errno::EFAULT)?;
        // SAFETY: It is in the mapping, which nothing uses.
        unsafe { libc::munmap(map.0.add(2 * PAGE).cast(), PAGE) };
        let result = vmas(&device, 0, map.0 as u64, 4 * PAGE as u64);
        expect("unmapped", result, Errno::EFAULT)?;
        let vmas = vmas(&device, 0, map.0 as u64, 2 * PAGE as u64).map_err(text)?;
        if vmas.end != 0 || vmas.rows == 0 {
            return Err(format!("up to the bad page: {vmas:?}"));
        }
        Ok("")
    });
    tap.test(
        "a buffer that comes and goes meanwhile: rows, or EFAULT",
        buffer_comes_and_goes,
    );
    tap.test("nothing attached: ENXIO", || {
        let device = Device::open().map_err(text)?;
        expect(
            "read",
            device.read(0, &mut [0; 4096]).map(|_| ()),
            Errno::ENXIO,
        )?;
        let _ = device.attach(-1);
        expect(
            "after a failed attach",
            device.read(0, &mut [0; 4096]).map(|_| ()),
            Errno::ENXIO,
        )?;
        Ok("")
    });
    tap.test("processes that are not there: ESRCH", || {
        let device = Device::open().map_err(text)?;
        for pid in [0, -1, i32::MIN, i32::MAX, 4_000_000] {
            expect(&format!("PID {pid}"), device.attach(pid), Errno::ESRCH)?;
        }
        let mut subject = Subject::spawn(&["few"])?;
        let pid = subject.pid();
        let looks_on = subject.device()?;
        subject.kill();
        expect("a zombie", device.attach(pid), Errno::ESRCH)?;
        expect(
            "read of a zombie",
            looks_on.read(0, &mut [0; 4096]).map(|_| ()),
            Errno::ESRCH,
        )?;
        drop(subject);
        expect("a dead one", device.attach(pid), Errno::ESRCH)?;
        expect(
            "read of a dead one",
            looks_on.read(0, &mut [0; 4096]).map(|_| ()),
            Errno::ESRCH,
        )?;
        Ok("")
    });
    tap.test("a kernel thread: EINVAL", || {
        let device = Device::open().map_err(text)?;
        expect("PID 2", device.attach(2), Errno::EINVAL)?;
        Ok("")
    });
    tap.test("an attach that fails leaves what was attached", || {
        let device = attached(1)?;
        expect("PID -1", device.attach(-1), Errno::ESRCH)?;
        device.walk().map_err(text)?;
        Ok("")
    });
    tap.test(
        "no permission: EACCES to open, EPERM through an inherited device",
        || {
            match as_user(&["open"], None)? {
                Errno::EACCES => {}
                err => return Err(format!("open: {err}")),
            }
            match as_user(&["attach", "1"], Some(OwnedFd::from(attached(1)?)))? {
                Errno::EPERM => Ok(""),
                err => Err(format!("attach: {err}")),
            }
        },
    );
    tap.test("bad places to begin: EINVAL", || {
        let device = attached(1)?;
        let mut buf = [0; 4096];
        for from in [
            1,
            4095,
            BEYOND,
            BEYOND - 4095,
            KERNEL,
            u64::MAX,
            u64::MAX - 4095,
            1 << 63,
        ] {
            let result = device.read(from, &mut buf).map(|_| ());
            expect(&format!("{from:#x}"), result, Errno::EINVAL)?;
        }
        Ok("")
    });
    tap.test(
        "the end of the last VMA is a place to begin: no rows, and the end",
        || {
            let device = attached(1)?;
            let (rows, _) = device.walk().map_err(text)?;
            let end = rows.last().ok_or("no rows")?.vma.end;
            let vmas = device.read(end, &mut [0; 4096]).map_err(text)?;
            if (vmas.rows, vmas.end, vmas.buf_len, vmas.from) != (0, 1, 0, end) {
                return Err(format!("{vmas:?}"));
            }
            Ok("")
        },
    );
    tap.test("a walk may begin anywhere", || {
        let many = Subject::spawn(&["many"])?;
        many.stop();
        let device = many.device()?;
        let (rows, _) = device.walk().map_err(text)?;
        for i in (0..rows.len()).step_by(37) {
            for from in [rows[i].vma.start, rows[i].vma.end - PAGE as u64] {
                let mut buf = vec![0; 1 << 16];
                let vmas = device.read(from, &mut buf).map_err(text)?;
                buf.truncate(vmas.buf_len as usize);
                let part = mmscope::row::parse(&buf).map_err(text)?;
                let same = part
                    .iter()
                    .zip(&rows[i..])
                    .all(|(part, row)| part.vma == row.vma);
                if part.is_empty() || !same {
                    return Err(format!("from {from:#x}"));
                }
            }
        }
        Ok("")
    });
    tap.test(
        "a buffer that is not there yet, of the process itself",
        || {
            for _ in 0..50 {
                let device = attached(std::process::id() as i32)?;
                let map = Map::new(1 << 20);
                let vmas = vmas(&device, 0, map.0 as u64, 1 << 20).map_err(text)?;
                // SAFETY: The mapping is that long, and lives longer.
                let buf = unsafe { slice::from_raw_parts(map.0, vmas.buf_len as usize) };
                let rows = mmscope::row::parse(buf).map_err(text)?;
                if vmas.end != 1
                    || !rows
                        .iter()
                        .any(|row| row.vma.start == map.0 as u64 || row.vma.end > map.0 as u64)
                {
                    return Err("the buffer is not among the rows".into());
                }
            }
            Ok("")
        },
    );
    tap.test("1,000 times: open, attach, read, close", || {
        for _ in 0..1000 {
            attached(1)?.read(0, &mut [0; 4096]).map_err(text)?;
        }
        Ok("")
    });
    tap.test("eight threads read at once", || eight_threads(vma_locks));
}

/// Whether there are huge pages for the subject.
fn huge_pages() -> bool {
    fs::read_to_string("/proc/sys/vm/nr_hugepages").is_ok_and(|count| count.trim() == "8")
}

/// Whether the kernel can name anonymous memory (`CONFIG_ANON_VMA_NAME`).
fn names_memory() -> bool {
    let page = Map::new(PAGE);
    // SAFETY: The name is NUL-terminated.
    let result = unsafe {
        libc::prctl(
            libc::PR_SET_VMA,
            libc::PR_SET_VMA_ANON_NAME,
            page.0,
            PAGE,
            c"name".as_ptr(),
        )
    };
    result == 0
}

/// Whether the kinds of mappings that the subject makes are there.
fn kinds(comparison: &Comparison) -> Result<(), Failure> {
    let rows = &comparison.rows;
    let has = |name: &[u8]| {
        rows.iter()
            .any(|row| row.vma.name.windows(name.len()).any(|part| part == name))
    };
    for name in [
        &b"[heap]"[..],
        b"[stack]",
        b"[vdso]",
        b"/memfd:a memfd (deleted)",
        b"/gone (deleted)",
        b"/new\nline back\\slash  two spaces",
        b"/new\\012line back\\slash  two spaces",
        b"/dev/zero",
        b"\xff\xfe(deleted)",
    ] {
        if !has(name) {
            return Err(format!("no row is named {}", String::from_utf8_lossy(name)));
        }
    }
    if names_memory() && !(has(b"[anon:private ") && has(b"[anon_shmem:shared ")) {
        return Err("no row is named [anon:private or [anon_shmem:shared".into());
    }
    if huge_pages() && !(has(b"/anon_hugepage (deleted)") && has(b"/memfd:huge (deleted)")) {
        return Err("no huge pages".into());
    }
    if !rows.iter().any(|row| row.path_too_long) {
        return Err("no row has a path that is too long".into());
    }
    if !rows.iter().any(|row| row.vma.name.len() > 3500) {
        return Err("no row has a long path".into());
    }
    if !rows.iter().any(|row| row.vma.offset > 1 << 39) {
        return Err("no row has a great offset".into());
    }
    if rows.len() <= 2000 {
        return Err(format!("only {} rows", rows.len()));
    }
    Ok(())
}

/// Reads into a buffer that another thread unmaps and maps.
fn buffer_comes_and_goes() -> Result<String, Failure> {
    let device = attached(std::process::id() as i32)?;
    let map = Map::new(4 * PAGE);
    let addr = map.0 as usize;
    let done = AtomicBool::new(false);
    let (mut good, mut bad) = (0, 0);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Relaxed) {
                let prot = libc::PROT_READ | libc::PROT_WRITE;
                let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
                let gone = addr as *mut libc::c_void;
                // SAFETY: The mapping is there for this alone. Other threads may take the gap, so
                // it is made inaccessible rather than unmapped.
                unsafe {
                    libc::mmap(gone, 4 * PAGE, libc::PROT_NONE, flags, -1, 0);
                    libc::mmap(gone, 4 * PAGE, prot, flags, -1, 0);
                }
            }
        });
        let result = (0..3000).try_for_each(|_| {
            match vmas(&device, 0, addr as u64, 4 * PAGE as u64) {
                Ok(_) => good += 1,
                Err(Errno::EFAULT) => bad += 1,
                Err(err) => return Err(text(err)),
            }
            Ok(())
        });
        done.store(true, Relaxed);
        result
    })?;
    Ok(format!("{good} times rows, {bad} times EFAULT"))
}

/// Eight threads read a process at once, through a device each, and then through one.
fn eight_threads(vma_locks: bool) -> Result<String, Failure> {
    let many = Subject::spawn(&["many"])?;
    many.stop();
    let expected = matching(many.pid(), usize::MAX, vma_locks)?.rows;
    let shared = many.device()?;
    let read = |device: &Device| -> Result<(), Failure> {
        for _ in 0..10 {
            let mut walk = RawWalk::new(1 << 20);
            device
                .walk_into(&mut walk, 1 << 16)
                .map_err(|err: ReadError| text(err))?;
            let rows = walk.rows().map_err(text)?;
            if !rows
                .iter()
                .map(|row| &row.vma)
                .eq(expected.iter().map(|row| &row.vma))
            {
                return Err("other rows than before".into());
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|i| {
                let (many, read, shared) = (&many, &read, &shared);
                scope.spawn(move || {
                    if i < 8 {
                        read(&many.device()?)
                    } else {
                        read(shared)
                    }
                })
            })
            .collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().expect("no panic"))
    })?;
    Ok(String::new())
}
