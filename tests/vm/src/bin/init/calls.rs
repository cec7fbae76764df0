// SPDX-License-Identifier: GPL-2.0-only

//! What a call of the device holds while it waits.

use crate::{device::Map, mmpool::eventually, subject::attached, task::Task};
use mmguard_vm::{
    tap::{text, Failure, Tap},
    PAGE,
};
use mmscope::{
    device::{PAGES, VMAS},
    uapi::{Pages, Vmas},
};
use nix::{
    errno::Errno,
    libc::{self, c_int, c_ulong, c_void},
    request_code_read, request_code_readwrite,
};
use std::{
    fs,
    os::fd::{AsRawFd, FromRawFd, OwnedFd},
    ptr, thread,
};

/// The memory of a process, in bytes.
const MUCH: usize = 64 << 20;

pub fn tests(tap: &mut Tap) {
    for (name, number) in [("VMAs", VMAS), ("pages", PAGES)] {
        tap.test(
            &format!("{name}: a buffer that is never there keeps no memory of a dead process"),
            || keeps_nothing(number),
        );
    }
}

/// Has much memory, and stays.
fn be_large() -> Result<(), Errno> {
    let prot = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_POPULATE;
    // SAFETY: It maps over nothing.
    let map = unsafe { libc::mmap(ptr::null_mut(), MUCH, prot, flags, -1, 0) };
    if map == libc::MAP_FAILED {
        return Err(Errno::last());
    }
    loop {
        // SAFETY: It has no arguments.
        unsafe { libc::pause() };
    }
}

/// How much anonymous memory all processes have, in bytes.
fn anonymous() -> Result<usize, Failure> {
    let meminfo = fs::read_to_string("/proc/meminfo").map_err(text)?;
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("AnonPages:"));
    let size = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<usize>().ok());
    Ok(size.ok_or("no AnonPages")? << 10)
}

/// Has a call wait for its buffer while the process that it looks at is killed.
fn keeps_nothing(number: c_ulong) -> Result<String, Failure> {
    let before = anonymous()?;
    let large = || -> Result<bool, Failure> { Ok(anonymous()? > before + MUCH * 3 / 4) };
    let mut target = Task::spawn(be_large)?;
    eventually("the process has its memory", large)?;
    let device = attached(target.pid.as_raw())?;
    let never = NeverThere::new()?;
    let addr = never.map.0 as usize;
    thread::scope(|scope| {
        let call = scope.spawn(|| {
            let (buf, buf_len) = (addr as u64, PAGE as u64);
            let mut vmas = Vmas {
                buf,
                buf_len,
                ..Vmas::default()
            };
            let mut pages = Pages {
                buf,
                buf_len,
                ..Pages::default()
            };
            let arg = match number {
                VMAS => (&raw mut vmas).cast::<c_void>(),
                _ => (&raw mut pages).cast(),
            };
            // SAFETY: The ioctl reads and writes the one or the other, and may write to the page.
            unsafe { device.ioctl(number, arg as usize) }
        });
        let result = eventually("the call waits", || Ok(never.is_waited_for())).and_then(|()| {
            target.kill();
            target.end()?;
            eventually("the memory of the process is gone", || Ok(!large()?))
        });
        never.give_up();
        match call.join().expect("no panic") {
            Ok(()) | Err(Errno::ESRCH) => result,
            Err(err) => Err(format!("{result:?}, and {err} in the end")),
        }
    })?;
    Ok(String::new())
}

/// A page that a fault waits for until this gives up: userfaultfd has it.
struct NeverThere {
    map: Map,
    fd: OwnedFd,
}

impl NeverThere {
    fn new() -> Result<Self, Failure> {
        const UFFD_API: u64 = 0xaa;
        const MODE_MISSING: u64 = 1;
        const API: c_ulong = request_code_readwrite!(UFFD_API, 0x3f, 24);
        const REGISTER: c_ulong = request_code_readwrite!(UFFD_API, 0x00, 32);

        let flags = libc::O_CLOEXEC | libc::O_NONBLOCK;
        // SAFETY: There are no pointers in the arguments.
        let fd = Errno::result(unsafe { libc::syscall(libc::SYS_userfaultfd, flags) })
            .map_err(|err| format!("userfaultfd: {err}"))?;
        // SAFETY: The file descriptor is new.
        let fd = unsafe { OwnedFd::from_raw_fd(fd as c_int) };
        let map = Map::new(PAGE);
        let never = Self { map, fd };
        never.call(API, &mut [UFFD_API, 0, 0])?;
        let addr = never.map.0 as u64;
        never.call(REGISTER, &mut [addr, PAGE as u64, MODE_MISSING, 0])?;
        Ok(never)
    }

    fn call(&self, number: c_ulong, arg: &mut [u64]) -> Result<(), Failure> {
        // SAFETY: All are called with structures of as many words.
        let result = unsafe { libc::ioctl(self.fd.as_raw_fd(), number as _, arg.as_mut_ptr()) };
        match Errno::result(result) {
            Ok(_) => Ok(()),
            Err(err) => Err(format!("userfaultfd, {number:#x}: {err}")),
        }
    }

    fn is_waited_for(&self) -> bool {
        let mut fd = libc::pollfd {
            fd: self.fd.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        };
        // SAFETY: It is one structure.
        unsafe { libc::poll(&raw mut fd, 1, 0) == 1 }
    }

    /// Lets who waits have a page.
    fn give_up(&self) {
        const UNREGISTER: c_ulong = request_code_read!(0xaa_u64, 0x01, 16);
        let _ = self.call(UNREGISTER, &mut [self.map.0 as u64, PAGE as u64]);
    }
}
