// SPDX-License-Identifier: GPL-2.0-only

//! Drivers of the kernel beside what they are on the guards (`tests/drivers`): the same steps on
//! both, with the same results.

use crate::{load_test, task::Task};
use mmguard_vm::{
    tap::{Failure, Tap},
    PAGE,
};
use nix::{
    errno::Errno,
    kmod::{delete_module, DeleteModuleFlags},
    libc,
    sys::wait::WaitStatus,
    unistd::pipe,
};
use std::{
    fs::{self, File},
    io::{Read, Write},
    os::fd::AsRawFd,
    ptr::null_mut,
};

#[path = "../../../../drivers/uapi.rs"]
mod uapi;
use uapi::{ENABLE, IOCTL_TYPE, MAPPED, MAX_PAGES, PAGES, PEEK, POKE, RESIZE};

const READ: i32 = libc::PROT_READ;
const WRITE: i32 = libc::PROT_READ | libc::PROT_WRITE;
const SHARED: i32 = libc::MAP_SHARED;
const PRIVATE: i32 = libc::MAP_PRIVATE;

/// What comes of a process that died of a signal.
const fn signal(signal: i32) -> i64 {
    -1000 - signal as i64
}
const SIGBUS: i64 = signal(libc::SIGBUS);

const fn errno(errno: Errno) -> i64 {
    -(errno as i64)
}
const EACCES: i64 = errno(Errno::EACCES);
const EBUSY: i64 = errno(Errno::EBUSY);
const EFAULT: i64 = errno(Errno::EFAULT);
const EINVAL: i64 = errno(Errno::EINVAL);
const ENOTTY: i64 = errno(Errno::ENOTTY);
const EPERM: i64 = errno(Errno::EPERM);

pub fn tests(tap: &mut Tap) {
    load_test(tap, "mmguard_drivers", c"");
    for (name, script) in [
        ("ring", ring as fn(&mut Steps)),
        ("bar", bar),
        ("buffer", buffer),
    ] {
        tap.test(&format!("{name}: Rust and C do the same"), || {
            let rust = Steps::of(name, script)?;
            let c = Steps::of(&format!("{name}-c"), script)?;
            compare(&rust, &c)
        });
    }
    tap.test("the module unloads", || {
        delete_module(c"mmguard_drivers", DeleteModuleFlags::O_NONBLOCK)
            .map(|()| "")
            .map_err(|err| err.to_string())
    });
}

/// A step: what was done, what must come of it, and what came of it.
type Step = (&'static str, i64, i64);

fn compare(rust: &[Step], c: &[Step]) -> Result<String, Failure> {
    let (mut text, mut good) = (String::new(), rust.len() == c.len());
    for (&(name, wanted, by_rust), &(_, _, by_c)) in rust.iter().zip(c) {
        good &= by_rust == wanted && by_c == wanted;
        text += &format!("{name}: Rust {by_rust}, C {by_c}, expected {wanted}\n");
    }
    if good {
        Ok(text)
    } else {
        Err(text)
    }
}

/// A device, and what was done with it.
struct Steps {
    file: Option<File>,
    done: Vec<Step>,
    users: i64,
}

impl Steps {
    fn of(name: &str, script: fn(&mut Self)) -> Result<Vec<Step>, Failure> {
        let path = format!("/dev/mmguard-{name}");
        let users = module_users();
        let open = File::options().read(true).write(true).open(&path);
        let mut steps = Self {
            file: Some(open.map_err(|err| format!("{path}: {err}"))?),
            done: Vec::new(),
            users,
        };
        script(&mut steps);
        Ok(steps.done)
    }

    fn is(&mut self, name: &'static str, wanted: i64, seen: i64) {
        self.done.push((name, wanted, seen));
    }

    /// Any ioctl, none of which is given an address.
    fn ioctl(&self, number: u8, arg: usize) -> i64 {
        let file = self.file.as_ref().expect("it is open");
        let number = nix::request_code_none!(IOCTL_TYPE, number);
        // SAFETY: No ioctl of the devices takes an address.
        value(unsafe { libc::ioctl(file.as_raw_fd(), number as _, arg) }.into())
    }

    fn poke(&self, page: usize, byte: u8) -> i64 {
        self.ioctl(POKE, (page << 8) | usize::from(byte))
    }

    /// Maps some pages of the device.
    fn map(&self, protection: i32, flags: i32, pages: usize, pgoff: usize) -> Map {
        let file = self.file.as_ref().expect("it is open");
        let (len, offset) = (pages * PAGE, (pgoff * PAGE) as i64);
        // SAFETY: It maps over nothing.
        let addr =
            unsafe { libc::mmap(null_mut(), len, protection, flags, file.as_raw_fd(), offset) };
        Map {
            addr: value(addr as i64),
            pages,
        }
    }

    /// Closes the device.
    fn close(&mut self) {
        self.file = None;
    }

    /// Whether the module has more references than before the device was opened.
    fn module_is_kept(&self) -> i64 {
        (module_users() > self.users).into()
    }
}

fn module_users() -> i64 {
    let path = "/sys/module/mmguard_drivers/refcnt";
    let users = fs::read_to_string(path).expect("the module is loaded");
    users.trim().parse().expect("it is a number")
}

/// What a system call returned, or the errno, below zero.
fn value(result: i64) -> i64 {
    if result == -1 {
        errno(Errno::last())
    } else {
        result
    }
}

/// What `mmap()` returned.
struct Map {
    addr: i64,
    pages: usize,
}

impl Map {
    /// 0, or the errno.
    fn result(&self) -> i64 {
        self.addr.min(0)
    }

    fn page(&self, index: usize) -> *mut u8 {
        assert!(self.addr > 0, "it is not mapped");
        (self.addr as usize + index * PAGE) as *mut u8
    }

    /// The first byte of a page, by way of the kernel, for which a fault is an errno.
    fn read(&self, index: usize) -> i64 {
        let (reader, writer) = pipe().expect("there is a pipe");
        // SAFETY: The kernel looks whether it may read there.
        let result = unsafe { libc::write(writer.as_raw_fd(), self.page(index).cast(), 1) };
        let mut byte = [0];
        match value(result as i64) {
            1 => File::from(reader)
                .read_exact(&mut byte)
                .map_or(-1, |()| byte[0].into()),
            errno => errno,
        }
    }

    /// Writes the first byte of a page, by way of the kernel.
    fn write(&self, index: usize, byte: u8) -> i64 {
        let (reader, writer) = pipe().expect("there is a pipe");
        File::from(writer).write_all(&[byte]).expect("it has room");
        // SAFETY: The kernel looks whether it may write there.
        let result = unsafe { libc::read(reader.as_raw_fd(), self.page(index).cast(), 1) };
        value(result as i64).min(0)
    }

    fn protect(&self, protection: i32) -> i64 {
        // SAFETY: Nothing else uses the mapping.
        value(unsafe { libc::mprotect(self.page(0).cast(), PAGE, protection) }.into())
    }

    /// Unmaps some pages.
    fn unmap(&self, index: usize, pages: usize) -> i64 {
        // SAFETY: Nothing else uses the mapping.
        value(unsafe { libc::munmap(self.page(index).cast(), pages * PAGE) }.into())
    }

    /// Moves the first pages to where there is room for more of them, and lets them grow.
    fn grow(&self, pages: usize, to: usize) -> i64 {
        // SAFETY: Nothing else uses the mapping.
        let addr = unsafe {
            libc::mremap(
                self.page(0).cast(),
                pages * PAGE,
                to * PAGE,
                libc::MREMAP_MAYMOVE,
            )
        };
        value(addr as i64).min(0)
    }

    /// Moves all pages to somewhere else.
    fn move_away(&mut self) -> i64 {
        let (len, flags) = (self.pages * PAGE, libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED);
        let to = map_nothing(len);
        // SAFETY: Nothing else uses the mapping, nor what it is moved over.
        self.addr = value(unsafe { libc::mremap(self.page(0).cast(), len, len, flags, to) } as i64);
        self.result()
    }

    /// What comes of it when a child with the mapping looks at a page: the byte, or its signal.
    fn in_child(&self, act: impl FnOnce(*mut u8) -> u8, index: usize) -> i64 {
        let page = self.page(index);
        let child = Task::spawn(|| {
            let byte = act(page);
            // SAFETY: It has no pointers.
            unsafe { libc::_exit(byte.into()) }
        });
        match child.and_then(|mut child| child.end()) {
            Ok(WaitStatus::Exited(_, code)) => code.into(),
            Ok(WaitStatus::Signaled(_, by, _)) => signal(by as i32),
            result => panic!("{result:?}"),
        }
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        if self.addr > 0 {
            self.unmap(0, self.pages);
        }
    }
}

/// Maps memory that nobody can access.
fn map_nothing(len: usize) -> *mut libc::c_void {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: It maps over nothing.
    unsafe { libc::mmap(null_mut(), len, libc::PROT_NONE, flags, -1, 0) }
}

/// Reads a byte.
fn load(page: *mut u8) -> u8 {
    // SAFETY: The page is mapped, or else the process ends, which is seen.
    unsafe { page.read_volatile() }
}

/// Writes a byte.
fn store(page: *mut u8) -> u8 {
    // SAFETY: As above.
    unsafe { page.write_volatile(77) };
    0
}

/// Pages on fault, read-only, which are not made anew while somebody has them.
fn ring(s: &mut Steps) {
    let map = s.map(WRITE, SHARED, PAGES, 0);
    s.is("a writable mapping", EPERM, map.result());
    let map = s.map(READ, SHARED, PAGES + 2, 0);
    s.is("a mapping larger than the ring", 0, map.result());
    s.is("the kernel writes to page 1", 0, s.poke(1, 11));
    s.is("it is seen", 11, map.read(1));
    s.is("the kernel writes to it again", 0, s.poke(1, 12));
    s.is("that is seen, without a fault", 12, map.read(1));
    s.is("the last page", 0, map.read(PAGES - 1));
    s.is("a page after it", EFAULT, map.read(PAGES));
    s.is("the same, by an access", SIGBUS, map.in_child(load, PAGES));
    s.is("mprotect makes it writable", EACCES, map.protect(WRITE));
    s.is("one is mapped", 1, s.ioctl(MAPPED, 0));
    s.is("the ring is made anew", EBUSY, s.ioctl(RESIZE, 2));
    s.is("a child has it, too", 12, map.in_child(load, 1));
    s.is("it is gone with the child", 1, s.ioctl(MAPPED, 0));
    s.is("a hole is made", 0, map.unmap(2, 1));
    s.is("two are mapped", 2, s.ioctl(MAPPED, 0));
    s.is("the page after the hole", 0, map.read(3));
    s.is("the pages before the hole grow", EFAULT, map.grow(2, 8));
    let mut private = s.map(READ, PRIVATE, 1, 1);
    s.is("a private mapping", 12, private.read(0));
    s.is("it is moved", 0, private.move_away());
    s.is("its page is there still", 12, private.read(0));
    s.is("three are mapped", 3, s.ioctl(MAPPED, 0));
    drop((map, private));
    s.is("none is mapped", 0, s.ioctl(MAPPED, 0));
    s.is(
        "the ring is made anew, too large",
        EINVAL,
        s.ioctl(RESIZE, MAX_PAGES + 1),
    );
    s.is("the ring is made anew", 0, s.ioctl(RESIZE, 2));
    let map = s.map(READ, SHARED, PAGES, 0);
    s.is("its pages are new", 0, map.read(1));
    s.is("there are fewer", EFAULT, map.read(2));
    s.is("an ioctl of others", ENOTTY, s.ioctl(ENABLE, 0));
    s.close();
    s.is("the mapping keeps the module", 1, s.module_is_kept());
    s.is("and the pages", 0, map.read(0));
    s.is("a page for the first time", 0, map.in_child(load, 0));
    drop(map);
    s.is("the module has no user", 0, s.module_is_kept());
}

/// Page frames that are taken back.
fn bar(s: &mut Steps) {
    let map = s.map(READ, PRIVATE, 1, 0);
    s.is("a private mapping", EINVAL, map.result());
    let map = s.map(WRITE, SHARED, PAGES + 1, 0);
    s.is("a mapping larger than the BAR", EINVAL, map.result());
    let map = s.map(WRITE, SHARED, 1, PAGES);
    s.is("a mapping after its end", EINVAL, map.result());
    let map = s.map(WRITE, SHARED, PAGES, 0);
    let mut other = s.map(WRITE, SHARED, 2, 1);
    s.is("a write to page 1", 0, map.write(1, 21));
    s.is("another mapping sees it", 21, other.read(0));
    s.is("a child writes to page 2", 0, map.in_child(store, 2));
    s.is("that is seen", 77, other.read(1));
    s.is("mprotect makes it read-only", 0, map.protect(READ));
    s.is("a write to page 0", EFAULT, map.write(0, 1));
    s.is("mprotect makes it writable", 0, map.protect(WRITE));
    s.is("a write to page 0 again", 0, map.write(0, 22));
    s.is("the device is disabled", 0, s.ioctl(ENABLE, 0));
    s.is("page 0 is gone", EFAULT, map.read(0));
    s.is("by an access", SIGBUS, map.in_child(load, 1));
    s.is("by a write", SIGBUS, map.in_child(store, 1));
    s.is("it is gone from the other mapping", EFAULT, other.read(0));
    let late = s.map(READ, SHARED, 1, 0);
    s.is("a mapping meanwhile", 0, late.result());
    s.is("it has nothing", EFAULT, late.read(0));
    s.is("the device is enabled", 0, s.ioctl(ENABLE, 1));
    s.is("page 0 is back", 22, map.read(0));
    s.is("page 1 is back in the other one", 21, other.read(0));
    s.is("page 0 is in the late one", 22, late.read(0));
    s.is("the other one is moved", 0, other.move_away());
    s.is("a child disables the device", 0, {
        map.in_child(|page| load(page) - 22 + s.ioctl(ENABLE, 0) as u8, 0)
    });
    s.is("page 0 is gone from its parent", EFAULT, map.read(0));
    s.is("and from the one that was moved", EFAULT, other.read(0));
    s.is("the device is enabled", 0, s.ioctl(ENABLE, 1));
    s.is("page 1 is back in the other one", 21, other.read(0));
    s.is("the late one is read-only", EFAULT, late.write(0, 1));
    s.is("a hole is made", 0, map.unmap(1, 2));
    s.is("the device is disabled", 0, s.ioctl(ENABLE, 0));
    s.is("the page after the hole is gone", EFAULT, map.read(3));
    s.is("the page before it, too", EFAULT, map.read(0));
    s.is("the device is enabled", 0, s.ioctl(ENABLE, 1));
    s.is("the page after the hole is back", 0, map.read(3));
    s.is("it grows", EFAULT, map.grow(1, 2));
    drop(other);
    s.close();
    s.is("the mappings keep the module", 1, s.module_is_kept());
    s.is("and the frames", 22, map.read(0));
    drop((map, late));
    s.is("the module has no user", 0, s.module_is_kept());
}

/// A buffer that is mapped at once, and stays with those who have it mapped.
fn buffer(s: &mut Steps) {
    let map = s.map(WRITE, PRIVATE, 1, 0);
    s.is("a private mapping", EINVAL, map.result());
    let map = s.map(WRITE, SHARED, PAGES + 1, 0);
    s.is("a mapping larger than the buffer", EINVAL, map.result());
    let map = s.map(WRITE, SHARED, PAGES, 0);
    s.is("the kernel writes to page 3", 0, s.poke(3, 31));
    s.is("it is seen", 31, map.read(3));
    s.is("a write to page 2", 0, map.write(2, 32));
    s.is("the kernel sees it", 32, s.ioctl(PEEK, 2));
    s.is("a child writes to page 1", 0, map.in_child(store, 1));
    s.is("the kernel sees that", 77, s.ioctl(PEEK, 1));
    let part = s.map(READ, SHARED, 2, 2);
    s.is("a mapping of a part", 32, part.read(0));
    s.is("it is read-only", EFAULT, part.write(0, 1));
    s.is("a hole is made", 0, map.unmap(1, 1));
    s.is("the page after the hole", 32, map.read(2));
    s.is("in a child", 31, map.in_child(load, 3));
    s.is("it grows", EFAULT, map.grow(1, 2));
    s.is("the buffer is made anew", 0, s.ioctl(RESIZE, 1));
    s.is("the old one is with its mapping", 32, map.read(2));
    s.is("a write to it", 0, map.write(3, 33));
    s.is("another mapping of it sees that", 33, part.read(1));
    s.is("the kernel has a new one", 0, s.ioctl(PEEK, 0));
    s.is("it is smaller", EINVAL, s.ioctl(PEEK, 1));
    let map_of_new = s.map(WRITE, SHARED, 1, 0);
    s.is("a mapping of the new one", 0, map_of_new.write(0, 34));
    s.is("the kernel sees it", 34, s.ioctl(PEEK, 0));
    s.is("the old one does not", 0, map.read(0));
    s.is("an ioctl of others", ENOTTY, s.ioctl(MAPPED, 0));
    s.close();
    s.is("the mappings keep the module", 1, s.module_is_kept());
    s.is("and the buffers", 34, map_of_new.read(0));
    drop((map, part, map_of_new));
    s.is("the module has no user", 0, s.module_is_kept());
}
