// SPDX-License-Identifier: GPL-2.0-only

//! The processes that are looked at.
//!
//! `subject few`, `many`, `moving COUNTERS MAPPINGS`: sets up its mappings, writes
//! one line, and waits for a line (or the end) on standard input, and then ends;
//! `few` says where its first mapping is, and `moving` then begins to change its
//! window instead.
//!
//! `subject touching ORDERS LEN small|huge sleeps|spins`: touches LEN bytes of pages of that size,
//! writes one line, and then touches pages as the file ORDERS says.
//!
//! `subject kinds`: the same as `few`, with pages of every kind. `subject changing COUNTERS`: says that
//! it is ready, and changes its pages until it is killed.
//!
//! `subject busy`: says where its windows are, and changes them until it is killed.
//!
//! `subject open`, `subject attach PID`, `subject pages-no-capability`: tries that as an ordinary
//! user, and prints the errno; `pages-no-sys-admin` and `maps-no-sys-admin PID` without that
//! capability. All but the first have the device as standard input.

#[path = "subject/busy.rs"]
mod busy;
#[path = "subject/pages.rs"]
mod pages;
#[path = "subject/wss.rs"]
mod wss;

use mmguard_vm::PAGE;
use mmscope::{
    check::{compare, VM_PFNMAP, VM_SHARED},
    device::Device,
    uapi::{PAGES_PFNS, PAGES_STATES},
};
use nix::{
    errno::Errno,
    libc::{self, c_int},
};
use std::{
    env,
    ffi::{CStr, CString},
    fs::{self, File},
    io,
    os::{
        fd::{AsRawFd, BorrowedFd, FromRawFd},
        unix::ffi::OsStrExt,
    },
    panic,
    path::Path,
    process::exit,
    sync::{
        atomic::{AtomicU64, Ordering::Relaxed},
        Barrier,
    },
    thread,
};

const R: c_int = libc::PROT_READ;
const RW: c_int = libc::PROT_READ | libc::PROT_WRITE;
const NONE: c_int = libc::PROT_NONE;
const PRIVATE: c_int = libc::MAP_PRIVATE;
const SHARED: c_int = libc::MAP_SHARED;
const ANON: c_int = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
const SHARED_ANON: c_int = libc::MAP_SHARED | libc::MAP_ANONYMOUS;

/// How many mappings `many` makes, with a hole in front of each.
const MANY: usize = 1200;

fn main() {
    // A thread that fails takes the process with it.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        hook(info);
        exit(1);
    }));
    let args: Vec<_> = env::args().collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[1..] {
        ["busy"] => busy::busy(),
        ["few"] => few(),
        ["kinds"] => pages::kinds(),
        ["changing", counters] => pages::changing(counters),
        ["many"] => many(MANY),
        ["moving", counters, mappings] => moving(counters, mappings.parse().unwrap()),
        ["touching", orders, len, pages, waits] => wss::touching(
            orders,
            len.parse().unwrap(),
            pages == "huge",
            waits == "spins",
        ),
        ["open"] => {
            become_user();
            print_errno(Device::open().map(drop).map_err(errno));
        }
        ["attach", pid] => {
            become_user();
            print_errno(inherited().attach(pid.parse().unwrap()));
        }
        ["pages-no-capability"] => {
            become_user();
            print_errno(inherited().read_pages(0, 0, &mut [0; PAGE]).map(drop));
        }
        ["pages-no-sys-admin"] => {
            pages::drop_sys_admin();
            let mut buf = [0; PAGE];
            inherited().read_pages(0, PAGES_STATES, &mut buf).unwrap();
            print_errno(inherited().read_pages(0, PAGES_PFNS, &mut buf).map(drop));
        }
        ["maps-no-sys-admin", pid] => {
            pages::drop_sys_admin();
            let compared = compare(&inherited(), pid.parse().unwrap(), usize::MAX).unwrap();
            let of_frames = compared
                .rows
                .iter()
                .find(|row| row.flags & (VM_PFNMAP | VM_SHARED) == VM_PFNMAP)
                .unwrap();
            print_errno(match (compared.all_match(), of_frames.vma.offset) {
                (true, 0) => Ok(()),
                (true, _) => Err(Errno::EPERM),
                (false, _) => Err(Errno::EIO),
            });
        }
        _ => panic!("subject: unknown arguments {args:?}"),
    }
}

/// The device, as standard input.
fn inherited() -> Device {
    // SAFETY: It is the device, and stays open.
    let fd = unsafe { BorrowedFd::borrow_raw(0) };
    Device::from(fd.try_clone_to_owned().unwrap())
}

/// Becomes an ordinary user.
fn become_user() {
    for (what, call) in [("setgid", libc::SYS_setgid), ("setuid", libc::SYS_setuid)] {
        // SAFETY: There are no pointers in the arguments. There is no other thread.
        let result = unsafe { libc::syscall(call, 1000) };
        assert_eq!(result, 0, "{what}: {}", Errno::last());
    }
}

fn errno(err: io::Error) -> Errno {
    Errno::from_raw(err.raw_os_error().unwrap())
}

fn print_errno(result: Result<(), Errno>) {
    match result {
        Ok(()) => println!("0"),
        Err(err) => println!("{}", err as i32),
    }
}

/// Waits for a line on standard input, or for its end.
fn wait() {
    // `io::stdin()` would allocate a buffer, under the eyes of who looks.
    // SAFETY: The buffer is as long as that.
    unsafe { libc::read(0, [0_u8; 16].as_mut_ptr().cast(), 16) };
}

fn ready(text: &str) {
    println!("ready {text}");
}

/// A mapping, somewhere or, with `MAP_FIXED`, at `addr`.
fn map(
    addr: usize,
    len: usize,
    prot: c_int,
    flags: c_int,
    file: Option<&File>,
    offset: u64,
) -> usize {
    let fd = file.map_or(-1, AsRawFd::as_raw_fd);
    // SAFETY: What `MAP_FIXED` maps over belongs to a reservation of the caller's.
    let map = unsafe { libc::mmap(addr as *mut _, len, prot, flags, fd, offset as i64) };
    assert_ne!(map, libc::MAP_FAILED, "mmap: {}", Errno::last());
    map as usize
}

fn unmap(addr: usize, len: usize) {
    // SAFETY: Only mappings of the caller's are unmapped.
    let result = unsafe { libc::munmap(addr as *mut _, len) };
    assert_eq!(result, 0, "munmap: {}", Errno::last());
}

fn protect(addr: usize, len: usize, prot: c_int) {
    // SAFETY: Only mappings of the caller's are changed.
    let result = unsafe { libc::mprotect(addr as *mut _, len, prot) };
    assert_eq!(result, 0, "mprotect: {}", Errno::last());
}

/// Advises on a mapping. Without huge pages, as with `PREEMPT_RT`, there is no advice on them.
fn advise(addr: usize, len: usize, advice: c_int) {
    // SAFETY: None of the pieces of advice that are used changes the content.
    let result = Errno::result(unsafe { libc::madvise(addr as *mut _, len, advice) });
    let no_huge_pages = matches!(advice, libc::MADV_HUGEPAGE | libc::MADV_NOHUGEPAGE)
        && !Path::new("/sys/kernel/mm/transparent_hugepage").exists();
    assert!(result.is_ok() || no_huge_pages, "madvise: {result:?}");
}

fn touch(addr: usize) {
    // SAFETY: The address is mapped, and nothing else uses it.
    unsafe { (addr as *mut u8).write_volatile(1) };
}

/// Names anonymous memory, where the kernel can (`CONFIG_ANON_VMA_NAME`).
fn name(addr: usize, len: usize, name: &CStr) {
    // SAFETY: The name is NUL-terminated.
    let result = unsafe {
        libc::prctl(
            libc::PR_SET_VMA,
            libc::PR_SET_VMA_ANON_NAME,
            addr,
            len,
            name.as_ptr(),
        )
    };
    let named = Errno::result(result);
    assert!(
        matches!(named, Ok(_) | Err(Errno::EINVAL)),
        "PR_SET_VMA_ANON_NAME: {named:?}"
    );
}

fn file(path: impl AsRef<Path>, len: u64) -> File {
    let path = path.as_ref();
    let file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .open(path)
        .unwrap_or_else(|err| panic!("{}: {err}", path.display()));
    file.set_len(len).unwrap();
    file
}

fn memfd(name: &CStr, flags: u32) -> File {
    // SAFETY: The name is NUL-terminated.
    let fd = unsafe { libc::memfd_create(name.as_ptr(), flags) };
    assert!(fd >= 0, "memfd_create: {}", Errno::last());
    // SAFETY: The file descriptor is new.
    let file = unsafe { File::from_raw_fd(fd) };
    file.set_len(1 << 22).unwrap();
    file
}

/// A file whose path is longer than `PATH_MAX`. It takes relative paths to get there.
fn file_too_deep(dir: &Path) -> File {
    let old = env::current_dir().unwrap();
    env::set_current_dir(dir).unwrap();
    for _ in 0..18 {
        let part = "d".repeat(250);
        fs::create_dir_all(&part).unwrap();
        env::set_current_dir(part).unwrap();
    }
    let file = file("deep", 1 << 20);
    env::set_current_dir(old).unwrap();
    file
}

fn few() {
    let scratch = map(0, PAGE, RW, ANON, None, 0);
    name(scratch, PAGE, c"scratch");
    let stack = map(0, PAGE, RW, ANON | libc::MAP_GROWSDOWN, None, 0);
    touch(stack);
    map(
        0,
        PAGE,
        R,
        SHARED,
        Some(&file("/tmp/a file", 1 << 20)),
        5 * PAGE as u64,
    );
    ready(&format!("{scratch:x}"));
    wait();
}

/// Makes mappings of many kinds, with a hole in front of each.
fn many_mappings(count: usize) {
    const SLOT: usize = 6 * PAGE;
    const LEN: usize = 4 * PAGE;

    let dir = Path::new("/tmp/many");
    fs::create_dir_all(dir).unwrap();
    let long = dir.join(vec!["l".repeat(240); 15].join("/"));
    fs::create_dir_all(&long).unwrap();
    let plain = file(dir.join("plain"), 1 << 24);
    let sparse = file(dir.join("sparse"), 1 << 40);
    let odd = file(dir.join("new\nline back\\slash  two spaces"), 1 << 20);
    let twin = file(dir.join("new\\012line back\\slash  two spaces"), 1 << 20);
    let not_utf8 = file(
        dir.join(std::ffi::OsStr::from_bytes(b"\xff\xfe(deleted)")),
        1 << 20,
    );
    let long = file(long.join("x".repeat(200)), 1 << 20);
    let too_deep = file_too_deep(dir);
    let deleted = file(dir.join("gone"), 1 << 20);
    fs::remove_file(dir.join("gone")).unwrap();
    let mem = memfd(c"a memfd", 0);
    let dev_zero = File::options()
        .read(true)
        .write(true)
        .open("/dev/zero")
        .unwrap();

    let all = map(0, count * SLOT, NONE, ANON | libc::MAP_NORESERVE, None, 0);
    let fixed = |slot: usize, prot, flags, file: Option<&File>, offset| {
        let addr = all + slot * SLOT + PAGE;
        map(addr, LEN, prot, flags | libc::MAP_FIXED, file, offset)
    };
    for i in 0..count {
        let off = (i % 200 * PAGE) as u64;
        match i % 21 {
            0 => touch(fixed(i, RW, ANON, None, 0)),
            1 => drop(fixed(i, R, PRIVATE, Some(&plain), off)),
            2 => touch(fixed(i, RW, PRIVATE, Some(&plain), off)),
            3 => touch(fixed(i, RW, SHARED, Some(&plain), off)),
            4 => touch(fixed(i, RW, SHARED, Some(&mem), off)),
            5 => {
                let addr = fixed(i, RW, SHARED_ANON, None, 0);
                name(addr, LEN, &CString::new(format!("shared {i}")).unwrap());
            }
            6 => drop(fixed(i, NONE, ANON, None, 0)),
            7 => {
                let addr = fixed(i, RW, ANON, None, 0);
                name(addr, LEN, &CString::new(format!("private {i}")).unwrap());
                touch(addr);
            }
            8 => advise(fixed(i, RW, ANON, None, 0), LEN, libc::MADV_HUGEPAGE),
            9 => drop(fixed(i, R, ANON, None, 0)),
            10 => drop(fixed(i, R | libc::PROT_EXEC, ANON, None, 0)),
            11 => drop(fixed(i, R, SHARED, Some(&deleted), off)),
            12 => drop(fixed(i, R, PRIVATE, Some(&sparse), (5 << 30) + off)),
            13 => drop(fixed(i, R, PRIVATE, Some(&sparse), (1 << 40) - LEN as u64)),
            14 if i % 2 == 0 => drop(fixed(i, R, PRIVATE, Some(&odd), off)),
            14 => drop(fixed(i, R, PRIVATE, Some(&twin), off)),
            15 => drop(fixed(
                i,
                R,
                PRIVATE,
                Some(if i % 42 < 21 { &long } else { &not_utf8 }),
                off,
            )),
            16 => touch(fixed(i, RW, ANON | libc::MAP_GROWSDOWN, None, 0)),
            17 => touch(fixed(i, RW, PRIVATE, Some(&dev_zero), off)),
            18 => touch(fixed(i, RW, SHARED_ANON, None, 0)),
            19 => {
                let addr = fixed(i, RW, ANON, None, 0);
                advise(addr, PAGE, libc::MADV_DONTFORK);
                advise(addr + 2 * PAGE, PAGE, libc::MADV_DONTDUMP);
            }
            _ => drop(fixed(i, RW | libc::PROT_EXEC, PRIVATE, Some(&plain), off)),
        }
        // Now and then a real gap instead of a hole.
        if i % 5 == 0 {
            unmap(all + i * SLOT, PAGE);
        }
    }
    map(0, PAGE, R, PRIVATE, Some(&too_deep), PAGE as u64);
    growing_stack();
    huge_pages();
    // SAFETY: There are no pointers in the arguments.
    let secret = unsafe { libc::syscall(libc::SYS_memfd_secret, 0) };
    if secret >= 0 {
        // SAFETY: The file descriptor is new.
        let secret = unsafe { File::from_raw_fd(secret as i32) };
        secret.set_len(PAGE as u64).unwrap();
        map(0, PAGE, RW, SHARED, Some(&secret), 0);
    }
}

/// A second stack, which grows.
fn growing_stack() {
    const ROOM: usize = 4 << 20;
    let room = map(0, ROOM, NONE, ANON | libc::MAP_NORESERVE, None, 0);
    unmap(room, ROOM);
    let flags = ANON | libc::MAP_GROWSDOWN | libc::MAP_FIXED;
    let top = map(room + ROOM - PAGE, PAGE, RW, flags, None, 0);
    touch(top);
    touch(top - 3 * PAGE);
}

/// Huge pages, if there are any.
fn huge_pages() {
    const HUGE: usize = 2 << 20;
    let free = fs::read_to_string("/proc/sys/vm/nr_hugepages");
    if !free.is_ok_and(|free| free.trim().parse().is_ok_and(|free: usize| free >= 4)) {
        return;
    }
    touch(map(0, HUGE, RW, ANON | libc::MAP_HUGETLB, None, 0));
    let shared = memfd(c"huge", libc::MFD_HUGETLB);
    map(0, HUGE, RW, SHARED, Some(&shared), HUGE as u64);
}

fn many(count: usize) {
    // SAFETY: The name is NUL-terminated.
    unsafe { libc::prctl(libc::PR_SET_NAME, c"\x1b[31mred".as_ptr()) };
    many_mappings(count);
    ready("");
    wait();
}

/// Changes a window without pause, see `mmguard_vm::window`.
fn moving(counters: &str, mappings: usize) {
    const UNIT: usize = 16 * PAGE;

    many_mappings(mappings);
    let counters = file(counters, PAGE as u64);
    let counters = map(0, PAGE, RW, SHARED, Some(&counters), 0);
    // SAFETY: The mapping is aligned, is never unmapped, and is only used as this.
    let rounds = unsafe { AtomicU64::from_ptr(counters as *mut u64) };

    // What surrounds the window cannot merge with it.
    let all = map(0, 5 * UNIT, NONE, ANON | libc::MAP_NORESERVE, None, 0);
    let start = all + UNIT;
    map(start, 3 * UNIT, RW, ANON | libc::MAP_FIXED, None, 0);
    touch(start);
    touch(start + 2 * UNIT);

    // All that the thread needs is there before anybody looks.
    static UP: Barrier = Barrier::new(2);
    static GO: Barrier = Barrier::new(2);
    thread::spawn(move || {
        UP.wait();
        GO.wait();
        let (first, middle) = (start, start + UNIT);
        let fixed = ANON | libc::MAP_FIXED_NOREPLACE;
        loop {
            unmap(middle, UNIT); // A to B
            assert_eq!(map(middle, UNIT, R, fixed, None, 0), middle); // B to C
            protect(middle, UNIT, RW); // C to A
            protect(first, UNIT, R); // A to E
            protect(first, UNIT, RW); // E to A
            protect(middle, UNIT, R); // A to C
            unmap(middle, UNIT); // C to B
            assert_eq!(map(middle, UNIT, RW, fixed, None, 0), middle); // B to A
            rounds.fetch_add(1, Relaxed);
        }
    });
    UP.wait();
    ready(&format!("{start:x} {UNIT:x}"));
    wait();
    GO.wait();
    loop {
        thread::park();
    }
}
