// SPDX-License-Identifier: GPL-2.0-only

//! What the sample mmpool maps, and what of it stays: in each kind of mapping.

use crate::{device::expect, load, load_test, no_memory, option, set_if_there, task::LONG, times};
use mmguard_vm::{
    access,
    pool::{
        open, present, Kind, Map, Object, KINDS, MIXED, PAGES, PAGES_AT_MMAP, PFNS, PFNS_AT_MMAP,
        R, RW,
    },
    tap::{text, Failure, Tap},
    PAGE,
};
use mmpool::uapi::{
    MAX_PAGES, RING_HEAD, RING_SUM, RING_TAIL, SETUP_DONTCOPY, SETUP_IO, SETUP_PURGEABLE,
    SETUP_READ_ONLY,
};
use nix::{
    errno::Errno,
    kmod::{delete_module, DeleteModuleFlags},
    libc,
    sys::{
        memfd::{memfd_create, MFdFlags},
        signal::{kill, Signal},
        wait::waitpid,
    },
    unistd::{fork, ftruncate, ForkResult, Pid},
};
use std::{
    fmt::Debug,
    fs::{self, File},
    os::unix::fs::FileExt,
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering::SeqCst},
    thread,
    time::{Duration, Instant},
};

const SHARED: i32 = libc::MAP_SHARED;
const PRIVATE: i32 = libc::MAP_PRIVATE;

/// How long most objects are, in pages.
const LEN: usize = 8;

/// A test of one kind.
type Test = fn(Kind) -> Result<(), Failure>;

pub fn tests(tap: &mut Tap) {
    load_test(tap, "mmpool", c"");
    tap.test("accesses may fail", || {
        access::let_fail();
        // The kernel logs each such signal of its init, even if it is handled.
        set_if_there("/proc/sys/debug/exception-trace", "0")?;
        let nothing = Map::new(&File::open("/dev/zero").map_err(text)?, 0, 1, 0, PRIVATE);
        is(
            "no access",
            nothing.map_err(text)?.load(0),
            Err(Signal::SIGSEGV),
        )
        .map(|()| "")
    });
    tap.test("an object is made once, and of what there is", set_up);
    let each: [(&str, Test); 9] = [
        (
            "the content is shared by mappings, processes, kernel",
            shared,
        ),
        ("a mapping is within the object", range),
        ("a mapping does not grow, and is not doubled", growth),
        ("it is private as far as it can be", private),
        ("it is read-only for good", read_only),
        (
            "a child does not inherit what is not to be copied",
            dont_copy,
        ),
        ("an object goes with its last user", lifetime),
        ("VMAs come and go in pairs", opened_and_closed),
        ("its file is nobody else's", file),
    ];
    let on_fault: [(&str, Test); 6] = [
        ("revoke reaches a child and a moved mapping", revoke_reaches),
        ("revoke does not reach an impostor", impostor),
        ("revoke takes the part that it names", revoke_part),
        ("revoke takes nothing of another object", two_objects),
        ("suspended, it gets SIGBUS", suspend),
        ("faults of many tasks at once are no errors", together),
    ];
    for kind in KINDS {
        for (name, test) in each {
            tap.test(&format!("{}: {name}", kind.name), || {
                test(kind).map(|()| "")
            });
        }
        for (name, test) in on_fault {
            if kind.on_fault {
                tap.test(&format!("{}: {name}", kind.name), || {
                    test(kind).map(|()| "")
                });
            }
        }
        for io in [0, SETUP_IO] {
            let what = if io == 0 { "" } else { ", as device memory" };
            let name = format!("{}{what}: a debugger reads and writes it", kind.name);
            tap.test(&name, || debugger(kind, io));
        }
    }
    for kind in [PAGES_AT_MMAP, PFNS_AT_MMAP] {
        tap.test(&format!("{}: it is not taken back", kind.name), || {
            let object = made(kind, 0)?;
            expect("revoke", object.revoke_all(), Errno::EOPNOTSUPP)?;
            expect("suspend", object.suspend(), Errno::EOPNOTSUPP)?;
            expect("resume", object.resume(), Errno::EOPNOTSUPP)?;
            Ok("")
        });
    }
    tap.test(
        "what was copied stays when its page is taken back",
        copy_stays,
    );
    tap.test("a first write is noticed, once a page", first_write);
    tap.test(
        "a cache is lost when memory is short, and nothing else",
        shrink,
    );
    tap.test("a ring gives the kernel what user space puts in", ring);
    tap.test("a ring takes any head", ring_of_any_head);
    for kind in KINDS {
        let name = format!("{}: nothing stays of a call without memory", kind.name);
        tap.test(&name, || match no_memory::can_fail()? {
            true => no_memory::nothing_stays(kind),
            false => Ok("this kernel fails no allocation on purpose".to_owned()),
        });
    }
    tap.test(
        "the module stays while it is open or mapped, and unloads",
        unload,
    );
    if times() > 0 {
        short(tap);
    }
}

/// Random things, on a device that may be built in.
pub fn stressed(tap: &mut Tap) {
    device(tap);
    short(tap);
}

fn short(tap: &mut Tap) {
    stress(tap, &["churn", "300", "1"]);
    stress(tap, &["race", "12000"]);
    stress(tap, &["hostile", "20000", "1"]);
}

fn device(tap: &mut Tap) {
    if !Path::new("/dev/mmpool").exists() {
        load_test(tap, "mmpool", c"");
    }
}

/// A long run of one of the three: `mmguard.rounds=` and `mmguard.seed=`, or `mmguard.kind=` for a
/// race, on the kernel command line are its arguments.
pub fn long(tap: &mut Tap, what: &str, cmdline: &str) {
    device(tap);
    let last = if what == "race" {
        "mmguard.kind"
    } else {
        "mmguard.seed"
    };
    let mut args = vec![what];
    if let Some(rounds) = option(cmdline, "mmguard.rounds") {
        args.push(rounds);
        args.extend(option(cmdline, last));
    }
    stress(tap, &args);
}

/// The kernel's own tests: that of PFN maps on objects that are such, and those of VMAs that are
/// moved, merged and guarded with objects of each kind mapped beside, while others make any call.
pub fn selftest(tap: &mut Tap) {
    load_test(tap, "mmpool", c"");
    for kind in [PFNS, PFNS_AT_MMAP] {
        tap.test(&format!("pfnmap passes on {}", kind.name), || {
            let mut pfnmap = Command::new("/bin/pfnmap");
            pfnmap.args(["--", "/dev/mmpool"]);
            pfnmap.env("MMPOOL_KIND", kind.kind.to_string());
            let said = passes(&mut pfnmap)?;
            match said.contains(" skip:0 ") {
                true => Ok(said),
                false => Err(said),
            }
        });
    }
    // It gets the time that a selftest leaves: four processes are too many for two CPUs.
    nice(19);
    let hostile = Command::new("/bin/stress")
        .args(["hostile", "1000000000", "1"])
        .stdin(Stdio::null())
        .spawn();
    nice(0);
    tap.test("regions may be larger than memory", || {
        fs::write("/proc/sys/vm/overcommit_memory", "1").map_err(text)?;
        Ok("")
    });
    for name in ["guard-regions", "mremap_test", "merge"] {
        tap.test(&format!("{name} passes beside objects"), || {
            passes(&mut Command::new(format!("/bin/{name}")))
        });
    }
    tap.test("the other calls went on until then", || {
        let mut hostile = hostile.map_err(text)?;
        let ended = hostile.try_wait().map_err(text)?;
        hostile.kill().and_then(|()| hostile.wait()).map_err(text)?;
        is("its end", ended, None).map(|()| "")
    });
}

/// Sets the nice value of this process, which its children inherit.
fn nice(value: i32) {
    // SAFETY: It has no pointers.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, value) };
}

/// Runs a selftest. What passes has no test that failed, and some that passed.
fn passes(selftest: &mut Command) -> Result<String, Failure> {
    let output = selftest.output().map_err(text)?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let sums = said.lines().find(|line| line.starts_with("# Totals: "));
    match sums {
        Some(sums)
            if output.status.success()
                && sums.contains(" fail:0 ")
                && sums.contains(" error:0")
                && !sums.contains(" pass:0 ") =>
        {
            Ok(sums.to_owned())
        }
        _ => Err(format!("{}\n{said}", output.status)),
    }
}

/// Runs the program that does random things. It prints the seed and how far it is.
fn stress(tap: &mut Tap, args: &[&str]) {
    tap.test(&format!("stress {}", args.join(" ")), || {
        let status = Command::new("/bin/stress")
            .args(args)
            .stdin(Stdio::null())
            .status();
        match status.map_err(text)? {
            status if status.success() => Ok(""),
            status => Err(status.to_string()),
        }
    });
}

/// Expects a value.
pub fn is<T: PartialEq + Debug>(what: &str, value: T, expected: T) -> Result<(), Failure> {
    if value == expected {
        return Ok(());
    }
    Err(format!("{what}: {value:?}, not {expected:?}"))
}

fn made(kind: Kind, flags: u32) -> Result<Object, Failure> {
    Object::new(kind, flags, LEN).map_err(|err| format!("an object: {err}"))
}

fn mapped(object: &Object) -> Result<Map, Failure> {
    object.map().map_err(|err| format!("mmap: {err}"))
}

/// Waits for something that the kernel does a moment later.
pub fn eventually(what: &str, is_so: impl Fn() -> Result<bool, Failure>) -> Result<(), Failure> {
    let begin = Instant::now();
    while !is_so()? {
        if begin.elapsed() > LONG {
            return Err(format!("not so: {what}"));
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// A child, which does what it is told.
struct Child {
    pid: Pid,
    orders: Map,
}

/// What a child is told, in memory that it shares.
#[repr(C)]
struct Orders {
    /// How many orders there were, and how many of them are done.
    told: AtomicU64,
    done: AtomicU64,
    what: AtomicUsize,
    addr: AtomicUsize,
    value: AtomicUsize,
    result: AtomicI64,
}

type Order = fn(usize, usize) -> i64;

impl Child {
    fn new() -> Result<Self, Failure> {
        let orders = Map::anon(1, SHARED).map_err(text)?;
        // SAFETY: The child makes system calls, and accesses memory that it shares.
        match unsafe { fork() }.map_err(text)? {
            ForkResult::Parent { child: pid } => Ok(Self { pid, orders }),
            ForkResult::Child => Self::obey(orders_in(&orders)),
        }
    }

    fn obey(orders: &Orders) -> ! {
        // SAFETY: It has no pointers. The child ends with its parent.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        loop {
            if orders.told.load(SeqCst) == orders.done.load(SeqCst) {
                // SAFETY: It has no pointers.
                unsafe { libc::usleep(200) };
                continue;
            }
            // SAFETY: `tell` puts an `Order` there.
            let what: Order = unsafe { std::mem::transmute(orders.what.load(SeqCst)) };
            let result = what(orders.addr.load(SeqCst), orders.value.load(SeqCst));
            orders.result.store(result, SeqCst);
            orders.done.fetch_add(1, SeqCst);
        }
    }

    /// Has the child do something. It must be no more than a signal handler may.
    fn tell(&self, what: Order, addr: usize, value: usize) -> Result<i64, Failure> {
        let orders = orders_in(&self.orders);
        orders.what.store(what as usize, SeqCst);
        orders.addr.store(addr, SeqCst);
        orders.value.store(value, SeqCst);
        let number = orders.told.fetch_add(1, SeqCst) + 1;
        eventually("the child has done it", || {
            Ok(orders.done.load(SeqCst) == number)
        })?;
        Ok(orders.result.load(SeqCst))
    }

    fn load(&self, addr: usize) -> Result<Result<u32, Signal>, Failure> {
        let result = self.tell(
            |addr, _| match access::load(addr) {
                Ok(value) => value.into(),
                Err(signal) => -i64::from(signal as i32),
            },
            addr,
            0,
        )?;
        Ok(u32::try_from(result)
            .map_err(|_| Signal::try_from(-result as i32).expect("it is a signal")))
    }

    fn store(&self, addr: usize, value: u32) -> Result<(), Failure> {
        let store: Order = |addr, value| {
            // SAFETY: It is in a mapping that the child has inherited, of no Rust object.
            unsafe { access::store(addr, value as u32) }.map_or(-1, |()| 0)
        };
        is("a store", self.tell(store, addr, value as usize)?, 0)
    }

    fn present(&self, addr: usize, pages: usize) -> Result<usize, Failure> {
        present(&self.pid.to_string(), addr, pages).map_err(text)
    }
}

fn orders_in(map: &Map) -> &Orders {
    // SAFETY: The page is zeroed, aligned, and large enough, and nothing else is in it.
    unsafe { &*(map.addr as *const Orders) }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = kill(self.pid, Signal::SIGKILL);
        let _ = waitpid(self.pid, None);
    }
}

fn set_up() -> Result<&'static str, Failure> {
    let device = open().map_err(text)?;
    let mmap = Map::new(&device, 0, 1, R, SHARED).map(|map| map.addr);
    expect("mmap of nothing", mmap, Errno::ENXIO)?;
    expect("stats of nothing", device.stats(), Errno::ENXIO)?;
    for (kind, flags, pages) in [
        (PAGES.kind, 0, 0),
        (PAGES.kind, 0, MAX_PAGES + 1),
        (PAGES.kind, 0, u64::MAX),
        (PAGES.kind, 1 << 31, 1),
        (PFNS.kind, SETUP_PURGEABLE, 1),
        (5, 0, 1),
        (u32::MAX, 0, 1),
    ] {
        let what = format!("kind {kind:#x}, flags {flags:#x}, {pages} pages");
        expect(&what, device.set_up(kind, flags, pages), Errno::EINVAL)?;
    }
    device.set_up(PAGES.kind, 0, 1).map_err(text)?;
    let again = device.set_up(PAGES.kind, 0, 1);
    expect("a second object", again, Errno::EBUSY)?;
    Ok("")
}

fn shared(kind: Kind) -> Result<(), Failure> {
    let object = made(kind, 0)?;
    let (one, other) = (mapped(&object)?, mapped(&object)?);
    for page in 0..LEN {
        let (offset, tag) = ((page * PAGE) as u64, 0x1000 * page as u32);
        is("a fresh page", one.load(page), Ok(0))?;
        is("a store", one.store(page, tag + 1), Ok(()))?;
        is("in the other mapping", other.load(page), Ok(tag + 1))?;
        is("for the kernel", object.read_word(offset), Ok(tag + 1))?;
        is("by the kernel", object.write_word(offset, tag + 2), Ok(()))?;
        is("of the kernel", one.load(page), Ok(tag + 2))?;
    }
    let child = Child::new()?;
    is("of the parent", child.load(one.at(3))?, Ok(0x3002))?;
    child.store(one.at(3), 7)?;
    is("of the child", other.load(3), Ok(7))?;
    is(
        "of the child, for the kernel",
        object.read_word(3 * PAGE as u64),
        Ok(7),
    )?;
    is("by the parent", other.store(5, 8), Ok(()))?;
    is("by the parent, later", child.load(one.at(5))?, Ok(8))?;
    // Its first access to the page.
    let word = object.write_word(4 * PAGE as u64 + 4, 9);
    is("by the kernel, later", word, Ok(()))?;
    is(
        "by the kernel, for the child",
        child.load(one.at(4) + 4)?,
        Ok(9),
    )
}

fn range(kind: Kind) -> Result<(), Failure> {
    let object = made(kind, 0)?;
    for (start, pages) in [(0, LEN), (0, 1), (LEN - 1, 1), (3, LEN - 3)] {
        let map = object.map_part(start, pages).map_err(text)?;
        for page in 0..pages {
            is("a page", map.load(page), Ok(0))?;
            is(
                "a store",
                map.store(page, (start + page + 1) as u32),
                Ok(()),
            )?;
        }
        let word = object.read_word((start * PAGE) as u64);
        is("the first page", word, Ok(start as u32 + 1))?;
        for page in 0..pages {
            is("a store", map.store(page, 0), Ok(()))?;
        }
    }
    // The last offset that there is, in bytes, is that of a signed number.
    let last = i64::MAX as usize / PAGE;
    for (start, pages) in [
        (0, LEN + 1),
        (1, LEN),
        (LEN, 1),
        (LEN - 1, 2),
        (LEN + 1, 1),
        (1 << 20, 1),
        (last - 1, 1),
        (last, 2),
    ] {
        let map = object.map_part(start, pages).map(|map| map.addr);
        expect(
            &format!("{pages} pages from {start} on"),
            map,
            Errno::EINVAL,
        )?;
    }
    let word = object.read_word((LEN * PAGE) as u64);
    expect("a word beyond the end", word, Errno::EFAULT)?;
    expect(
        "a word of no offset",
        object.read_word(u64::MAX - 3),
        Errno::EFAULT,
    )?;
    expect("half a word", object.read_word(2), Errno::EINVAL)
}

fn growth(kind: Kind) -> Result<(), Failure> {
    let object = made(kind, 0)?;
    let may_move = libc::MREMAP_MAYMOVE;
    for flags in [0, may_move, may_move | libc::MREMAP_FIXED] {
        let mut map = object.map_part(0, 4).map_err(text)?;
        expect("growth", map.remap(4, 5, flags), Errno::EFAULT)?;
        expect("growth of a part", map.remap(2, 3, flags), Errno::EFAULT)?;
    }
    let mut map = object.map_part(0, 4).map_err(text)?;
    expect("another one", map.remap(0, 4, may_move), Errno::EFAULT)?;
    let dont_unmap = may_move | libc::MREMAP_DONTUNMAP;
    expect(
        "one without pages",
        map.remap(4, 4, dont_unmap),
        Errno::EINVAL,
    )?;
    map.store(1, 5).map_err(text)?;
    map.remap(4, 2, 0).map_err(text)?;
    is("the rest", map.load(1), Ok(5))?;
    is("what was cut off", map.load(2), Err(Signal::SIGSEGV))?;
    map.remap(2, 2, may_move | libc::MREMAP_FIXED)
        .map_err(text)?;
    is("when it was moved", map.load(1), Ok(5))?;
    let result = remap_file_pages(&map);
    is("remap_file_pages", result.is_err(), true)?;
    is("after that", map.load(1), Ok(5))
}

/// Asks for other pages of the file in a mapping.
fn remap_file_pages(map: &Map) -> Result<i64, Errno> {
    let number = libc::SYS_remap_file_pages;
    // SAFETY: The mapping is the caller's, and of no Rust object.
    Errno::result(unsafe { libc::syscall(number, map.addr, PAGE, 0, 1usize, 0) })
}

fn private(kind: Kind) -> Result<(), Failure> {
    let object = made(kind, 0)?;
    if kind.frames {
        for prot in [libc::PROT_NONE, R, RW] {
            let map = Map::new(&object, 0, LEN, prot, PRIVATE).map(|map| map.addr);
            expect("a private mapping", map, Errno::EINVAL)?;
        }
        // It will never be writable.
        let object = made(kind, SETUP_READ_ONLY)?;
        let map = Map::new(&object, 0, LEN, R, PRIVATE).map_err(text)?;
        object.write_word(2 * PAGE as u64, 6).map_err(text)?;
        is("a frame", map.load(2), Ok(6))?;
        return expect("mprotect", map.protect(RW), Errno::EACCES);
    }
    let map = mapped(&object)?;
    let copy = Map::new(&object, 0, LEN, RW, PRIVATE).map_err(text)?;
    map.store(2, 5).map_err(text)?;
    is("before it is written", copy.load(2), Ok(5))?;
    map.store(2, 6).map_err(text)?;
    is("before it is written, again", copy.load(2), Ok(6))?;
    copy.store(2, 7).map_err(text)?;
    is("the copy", copy.load(2), Ok(7))?;
    is("the original", map.load(2), Ok(6))?;
    is("the kernel's", object.read_word(2 * PAGE as u64), Ok(6))?;
    // A write without a read before.
    copy.store(3, 8).map_err(text)?;
    is("the original, not written", map.load(3), Ok(0))
}

fn read_only(kind: Kind) -> Result<(), Failure> {
    let object = made(kind, SETUP_READ_ONLY)?;
    for (prot, flags) in [(RW, SHARED), (libc::PROT_WRITE, SHARED), (RW, PRIVATE)] {
        let map = Map::new(&object, 0, LEN, prot, flags).map(|map| map.addr);
        expect("a writable mapping", map, Errno::EACCES)?;
    }
    for flags in [SHARED, PRIVATE] {
        let map = Map::new(&object, 0, LEN, R, flags).map_err(text)?;
        is("a page", map.load(1), Ok(0))?;
        object.write_word(PAGE as u64, 4).map_err(text)?;
        is("what the kernel writes", map.load(1), Ok(4))?;
        is("a store", map.store(1, 5), Err(Signal::SIGSEGV))?;
        expect("mprotect", map.protect(RW), Errno::EACCES)?;
        is(
            "a store after mprotect",
            map.store(1, 5),
            Err(Signal::SIGSEGV),
        )?;
        let child = Child::new()?;
        let protect: Order = |addr, _| {
            // SAFETY: The mapping is of no Rust object.
            let result = unsafe { libc::mprotect(addr as _, PAGE, RW) };
            Errno::result(result).map_or_else(|errno| errno as i64, |_| 0)
        };
        let errno = child.tell(protect, map.addr, 0)?;
        is("mprotect in a child", errno, Errno::EACCES as i64)?;
        let mem = File::options()
            .write(true)
            .open("/proc/self/mem")
            .map_err(text)?;
        let written = mem.write_at(&[1], map.at(1) as u64);
        is("a write by a debugger", written.is_err(), true)?;
        is("in the end", object.read_word(PAGE as u64), Ok(4))?;
        object.write_word(PAGE as u64, 0).map_err(text)?;
    }
    Ok(())
}

fn dont_copy(kind: Kind) -> Result<(), Failure> {
    let plain = made(kind, 0)?;
    let object = made(kind, SETUP_DONTCOPY)?;
    let io = made(kind, SETUP_DONTCOPY | SETUP_IO)?;
    let maps = [mapped(&plain)?, mapped(&object)?, mapped(&io)?];
    for map in &maps {
        is("a page", map.load(1), Ok(0))?;
    }
    let gone = Err(Signal::SIGSEGV);
    let child = Child::new()?;
    for (map, expected) in maps.iter().zip([Ok(0), gone, gone]) {
        is("in a child", child.load(map.at(1))?, expected)?;
    }
    for map in &maps {
        let undone = map.advise(libc::MADV_DOFORK);
        expect("MADV_DOFORK", undone, Errno::EINVAL)?;
    }
    maps[0].advise(libc::MADV_DONTFORK).map_err(text)?;
    let child = Child::new()?;
    for map in &maps {
        is("in a later child", child.load(map.at(1))?, gone)?;
    }
    Ok(())
}

fn lifetime(kind: Kind) -> Result<(), Failure> {
    let other = made(PAGES, 0)?;
    let count = || Ok::<_, Failure>(other.stats().map_err(text)?.objects);
    // Those of the tests before this go a moment later.
    eventually("one object", || Ok(count()? == 1))?;
    let object = made(kind, 0)?;
    is("with another one", count()?, 2)?;
    let map = mapped(&object)?;
    map.store(0, 3).map_err(text)?;
    drop(object);
    // Nobody has the file, and the mapping still has the object.
    is("a page", map.load(0), Ok(3))?;
    is("another page", map.load(1), Ok(0))?;
    let child = Child::new()?;
    let addr = map.addr;
    drop(map);
    is("the child's", child.load(addr)?, Ok(3))?;
    thread::sleep(Duration::from_millis(50));
    is("with the child's mapping", count()?, 2)?;
    drop(child);
    eventually("the object is gone", || Ok(count()? == 1))
}

fn opened_and_closed(kind: Kind) -> Result<(), Failure> {
    let object = made(kind, 0)?;
    let counts = || {
        let stats = object.stats().map_err(text)?;
        Ok::<_, Failure>((stats.opened, stats.closed))
    };
    let failed = object.map_part(1, LEN).map(|map| map.addr);
    expect("a mapping that is too long", failed, Errno::EINVAL)?;
    let mut map = mapped(&object)?;
    is("mapped", counts()?, (0, 0))?;
    let hole = (map.at(3), PAGE);
    // SAFETY: It is in the mapping.
    Errno::result(unsafe { libc::munmap(hole.0 as _, hole.1) }).map_err(text)?;
    // Split in three, of which the middle one goes.
    is("with a hole", counts()?, (2, 1))?;
    let child = Child::new()?;
    is("with a child", counts()?, (4, 1))?;
    drop(child);
    is("without the child", counts()?, (4, 3))?;
    map.remap(3, 3, libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED)
        .map_err(text)?;
    let (opened, closed) = counts()?;
    is("after a move", opened - closed, 1)?;
    // The other part, where the mapping was.
    // SAFETY: It was in the mapping, and nothing has come there since.
    let rest = unsafe { libc::munmap((hole.0 + PAGE) as _, (LEN - 4) * PAGE) };
    Errno::result(rest).map_err(text)?;
    drop(map);
    let (opened, closed) = counts()?;
    is(
        "in the end, with the one that mmap made",
        closed,
        opened + 1,
    )
}

/// A VMA's file is the object's, and cannot be had by that.
fn file(kind: Kind) -> Result<(), Failure> {
    let object = made(kind, 0)?;
    let map = mapped(&object)?;
    is("a page", map.load(0), Ok(0))?;
    let end = map.at(LEN);
    let path = format!("/proc/self/map_files/{:x}-{end:x}", map.addr);
    let link = fs::read_link(&path).map_err(text)?;
    is("the link", link.to_string_lossy().contains("mmpool-"), true)?;
    let opened = File::open(&path)
        .map(drop)
        .map_err(|err| err.raw_os_error());
    is("an open of it", opened, Err(Some(Errno::ENXIO as i32)))?;
    let smaps = fs::read_to_string("/proc/self/smaps").map_err(text)?;
    let flags = smaps
        .split_once(&format!("{:x}-{end:x} ", map.addr))
        .and_then(|(_, rest)| rest.split_once("VmFlags:")?.1.lines().next())
        .ok_or("the mapping is not in smaps")?;
    for (flag, expected) in [("de", true), ("pf", kind.pfns), ("mm", !kind.pfns)] {
        is(flag, flags.split(' ').any(|word| word == flag), expected)?;
    }
    Ok(())
}

fn revoke_reaches(kind: Kind) -> Result<(), Failure> {
    let object = made(kind, 0)?;
    let (kept, mut moved) = (mapped(&object)?, mapped(&object)?);
    for page in 0..LEN {
        kept.store(page, 1).map_err(text)?;
        is("a page", moved.load(page), Ok(1))?;
    }
    let was_at = moved.addr;
    moved
        .remap(LEN, LEN, libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED)
        .map_err(text)?;
    is("where it was", access::load(was_at), Err(Signal::SIGSEGV))?;
    let child = Child::new()?;
    let faults = || object.stats().map(|stats| stats.faults).map_err(text);
    let load_all = |value| {
        for (map, page) in (0..LEN).flat_map(|page| [(&kept, page), (&moved, page)]) {
            is("the page", map.load(page), Ok(value))?;
            is("the child's page", child.load(map.at(page))?, Ok(value))?;
        }
        Ok::<_, Failure>(())
    };
    load_all(1)?;
    let made = match kind {
        PAGES => LEN,
        MIXED => LEN / 2,
        _ => 0,
    };
    is("revoke", object.revoke_all(), Ok(made as u32))?;
    let before = faults()?;
    load_all(0)?;
    // Each page, in two mappings of two processes.
    is("faults", faults()? - before, 4 * LEN as u64)?;
    load_all(0)?;
    is("faults, later", faults()? - before, 4 * LEN as u64)?;
    child.store(kept.at(2), 2)?;
    is("it is shared as before", moved.load(2), Ok(2))
}

fn impostor(kind: Kind) -> Result<(), Failure> {
    let object = made(kind, 0)?;
    let other = memfd_create(c"other", MFdFlags::empty()).map_err(text)?;
    ftruncate(&other, (LEN * PAGE) as i64).map_err(text)?;
    let store = |map: &Map| (0..LEN).try_for_each(|page| is("a store", map.store(page, 5), Ok(())));
    let stays = |map: &Map| {
        store(map)?;
        object.revoke_all().map_err(text)?;
        is("present", map.present().map_err(text)?, LEN)?;
        (0..LEN).try_for_each(|page| is("the impostor's page", map.load(page), Ok(5)))
    };
    let touched = || {
        let map = mapped(&object)?;
        for page in 0..LEN {
            is("a page", map.load(page), Ok(0))?;
        }
        Ok::<_, Failure>(map)
    };
    let mut map = touched()?;
    map.replace_by_anon().map_err(text)?;
    stays(&map)?;
    drop(map);
    let mut map = touched()?;
    map.replace(&other, 0, SHARED).map_err(text)?;
    stays(&map)?;
    drop(map);
    // Unmapped, and the hole filled anew.
    let map = touched()?;
    let addr = map.addr;
    drop(map);
    // SAFETY: Nothing is there.
    let again = unsafe {
        let flags = PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED_NOREPLACE;
        libc::mmap(addr as _, LEN * PAGE, RW, flags, -1, 0)
    };
    is("an address", again as usize, addr)?;
    let map = Map { addr, pages: LEN };
    stays(&map)?;
    // Another object of the same kind.
    drop(map);
    let mut map = touched()?;
    let other = made(kind, 0)?;
    map.replace(&other, 0, SHARED).map_err(text)?;
    store(&map)?;
    object.revoke_all().map_err(text)?;
    is("mapped", still_mapped(&other, &map)?, LEN)?;
    (0..LEN).try_for_each(|page| is("the other's page", map.load(page), Ok(5)))
}

/// How many pages of a mapping are accessed without a fault. After that, all are.
fn still_mapped(object: &Object, map: &Map) -> Result<usize, Failure> {
    let faults = || object.stats().map(|stats| stats.faults).map_err(text);
    let before = faults()?;
    for page in 0..map.pages {
        map.load(page).map_err(text)?;
    }
    Ok(map.pages - (faults()? - before) as usize)
}

fn revoke_part(kind: Kind) -> Result<(), Failure> {
    let object = made(kind, 0)?;
    let mut map = object.map_part(0, 4).map_err(text)?;
    for page in 0..4 {
        map.store(page, 1 + page as u32).map_err(text)?;
    }
    object.revoke(1, 2).map_err(text)?;
    is("the rest", still_mapped(&object, &map)?, 2)?;
    for (page, value) in [1, 0, 0, 4].into_iter().enumerate() {
        is("a page", map.load(page), Ok(value))?;
    }
    // Other pages of the object, at the same addresses.
    map.replace(&object, 4, SHARED).map_err(text)?;
    for page in 0..4 {
        map.store(page, 10).map_err(text)?;
    }
    object.revoke(0, 4).map_err(text)?;
    is("other pages", still_mapped(&object, &map)?, 4)?;
    is("their content", map.load(0), Ok(10))?;
    object.revoke(4, 4).map_err(text)?;
    is("the same pages", still_mapped(&object, &map)?, 0)?;
    is("what they have then", map.load(0), Ok(0))?;
    // What is beyond the end is left out.
    for (start, pages) in [(LEN as u64, 1), (u64::MAX, 1), (1 << 52, 1), (0, 0), (5, 0)] {
        is("revoke", object.revoke(start, pages), Ok(0))?;
        is("what is mapped", still_mapped(&object, &map)?, 4)?;
    }
    object.revoke(4, u64::MAX).map_err(text)?;
    is("to the end", still_mapped(&object, &map)?, 0)
}

fn two_objects(kind: Kind) -> Result<(), Failure> {
    let (one, other) = (made(kind, 0)?, made(kind, 0)?);
    let maps = [mapped(&one)?, mapped(&other)?];
    for page in 0..LEN {
        is("a store", maps[0].store(page, 1), Ok(()))?;
        is("of another object", maps[1].load(page), Ok(0))?;
        is("a store", maps[1].store(page, 2), Ok(()))?;
    }
    one.revoke_all().map_err(text)?;
    is("taken back", still_mapped(&one, &maps[0])?, 0)?;
    is("the other's", still_mapped(&other, &maps[1])?, LEN)?;
    for page in 0..LEN {
        is("a page", maps[0].load(page), Ok(0))?;
        is("the other's page", maps[1].load(page), Ok(2))?;
    }
    Ok(())
}

fn suspend(kind: Kind) -> Result<(), Failure> {
    let object = made(kind, SETUP_IO)?;
    let map = mapped(&object)?;
    for page in 0..LEN / 2 {
        map.store(page, 5).map_err(text)?;
    }
    let child = Child::new()?;
    object.suspend().map_err(text)?;
    for page in 0..LEN {
        is("suspended", map.load(page), Err(Signal::SIGBUS))?;
        is(
            "suspended, a store",
            map.store(page, 1),
            Err(Signal::SIGBUS),
        )?;
        is(
            "suspended, a child",
            child.load(map.at(page))?,
            Err(Signal::SIGBUS),
        )?;
    }
    let mem = File::open("/proc/self/mem").map_err(text)?;
    let read = mem.read_at(&mut [0; 4], map.addr as u64).is_err();
    is("suspended, a debugger fails", read, true)?;
    let later = mapped(&object)?;
    is("a mapping since then", later.load(0), Err(Signal::SIGBUS))?;
    object.resume().map_err(text)?;
    for page in 0..LEN {
        is("resumed", map.load(page), Ok(0))?;
        is("resumed, a child", child.load(map.at(page))?, Ok(0))?;
        is("a store", map.store(page, 6), Ok(()))?;
        is("another mapping", later.load(page), Ok(6))?;
    }
    Ok(())
}

/// Threads that access the same pages for the first time, in one mapping, are all served.
fn together(kind: Kind) -> Result<(), Failure> {
    let object = made(kind, 0)?;
    let map = &mapped(&object)?;
    for _ in 0..50 {
        let results = thread::scope(|scope| {
            let load = || (0..LEN).map(|page| map.load(page)).collect::<Vec<_>>();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(load)).collect();
            let results = threads.into_iter().map(|thread| thread.join());
            results.collect::<Result<Vec<_>, _>>()
        });
        for result in results.map_err(|_| "a thread panicked")?.concat() {
            is("a page", result, Ok(0))?;
        }
        object.revoke_all().map_err(text)?;
    }
    Ok(())
}

/// What somebody else reads and writes in a process.
fn debugger(kind: Kind, io: u32) -> Result<String, Failure> {
    let object = made(kind, io)?;
    let map = mapped(&object)?;
    let child = Child::new()?;
    let mem = |pid: &str| {
        let path = format!("/proc/{pid}/mem");
        File::options()
            .read(true)
            .write(true)
            .open(path)
            .map_err(text)
    };
    for mem in [mem("self")?, mem(&child.pid.to_string())?] {
        for page in 0..LEN {
            map.store(page, 0x0101_0101 * (page as u32 + 1))
                .map_err(text)?;
        }
        // Over the border of two pages.
        let mut bytes = [0; 2 * PAGE];
        mem.read_exact_at(&mut bytes, map.at(2) as u64 + 2)
            .map_err(text)?;
        is("a page", &bytes[..3], &[3, 3, 0])?;
        is(
            "the next page",
            &bytes[PAGE - 3..PAGE + 3],
            &[0, 4, 4, 4, 4, 0],
        )?;
        is("the one after it", &bytes[2 * PAGE - 3..], &[0, 5, 5])?;
        let from = map.at(6) as u64 - 2;
        mem.write_all_at(&[1, 2, 3, 4, 5, 6], from).map_err(text)?;
        is("what was written", map.load(6), Ok(0x0605_0403))?;
        let word = object.read_word(6 * PAGE as u64 - 4);
        is("what was written before it", word, Ok(0x0201_0000))?;
        is(
            "by the kernel",
            object.write_word(6 * PAGE as u64 - 4, 0),
            Ok(()),
        )?;
    }
    // The end of the mapping is that of the read.
    // SAFETY: It is in the mapping.
    Errno::result(unsafe { libc::munmap(map.at(LEN - 1) as _, PAGE) }).map_err(text)?;
    let mut bytes = [0; 2 * PAGE];
    let read = mem("self")?.read_at(&mut bytes, map.at(LEN - 2) as u64);
    is("at the end", read.map_err(text)?, PAGE)?;
    // Pages, but not frames, are there to be had by address.
    let mut bytes = [0; 4];
    let page = if kind == MIXED { 1 } else { 0 };
    let result = process_vm_read(child.pid, &mut bytes, map.at(page));
    if result == Err(Errno::ENOSYS) {
        return Ok("this kernel has no process_vm_readv()".into());
    }
    if kind.pfns || io != 0 {
        expect("process_vm_readv", result, Errno::EFAULT)?;
    } else {
        is("process_vm_readv", result, Ok(4))?;
        is("what it reads", bytes, [page as u8 + 1; 4])?;
    }
    Ok(format!("process_vm_readv: {result:?}"))
}

fn process_vm_read(pid: Pid, to: &mut [u8], addr: usize) -> Result<usize, Errno> {
    let local = libc::iovec {
        iov_base: to.as_mut_ptr().cast(),
        iov_len: to.len(),
    };
    let remote = libc::iovec {
        iov_base: addr as _,
        iov_len: to.len(),
    };
    // SAFETY: `local` is valid for writes.
    let result = unsafe { libc::process_vm_readv(pid.as_raw(), &local, 1, &remote, 1, 0) };
    Errno::result(result).map(|len| len as usize)
}

fn copy_stays() -> Result<&'static str, Failure> {
    let object = made(PAGES, 0)?;
    let copy = Map::new(&object, 0, LEN, RW, PRIVATE).map_err(text)?;
    for page in 0..LEN {
        is("a page", copy.load(page), Ok(0))?;
    }
    copy.store(3, 7).map_err(text)?;
    object.revoke_all().map_err(text)?;
    is("present", copy.present().map_err(text)?, 1)?;
    is("the copy", copy.load(3), Ok(7))?;
    // What the process gives up itself is gone.
    copy.advise(libc::MADV_DONTNEED).map_err(text)?;
    is("without the copy", copy.load(3), Ok(0))?;
    Ok("")
}

fn first_write() -> Result<&'static str, Failure> {
    let object = made(PAGES, 0)?;
    let map = mapped(&object)?;
    let writes = || object.stats().map(|stats| stats.writes);
    is("a page", map.load(1), Ok(0))?;
    is("a read", writes(), Ok(0))?;
    map.store(1, 1).map_err(text)?;
    is("a write after it", writes(), Ok(1))?;
    map.store(1, 2).map_err(text)?;
    is("another write", writes(), Ok(1))?;
    map.store(2, 1).map_err(text)?;
    is("a write at first", writes(), Ok(2))?;
    object.revoke_all().map_err(text)?;
    map.store(1, 1).map_err(text)?;
    is("a write after a revoke", writes(), Ok(3))?;
    let copy = Map::new(&object, 0, LEN, RW, PRIVATE).map_err(text)?;
    copy.store(1, 1).map_err(text)?;
    is("a private write", writes(), Ok(3))?;
    Ok("")
}

fn shrink() -> Result<String, Failure> {
    const LEN: usize = 256;

    let cache = Object::new(PAGES, SETUP_PURGEABLE, LEN).map_err(text)?;
    let plain = Object::new(PAGES, 0, LEN).map_err(text)?;
    let (cached, kept) = (mapped(&cache)?, mapped(&plain)?);
    for page in 0..LEN {
        cached.store(page, 1).map_err(text)?;
        kept.store(page, 1).map_err(text)?;
    }
    is("present", cache.stats().map_err(text)?.present, LEN as u64)?;
    let child = Child::new()?;
    is("a child", child.load(cached.at(5))?, Ok(1))?;
    fs::write("/proc/sys/vm/drop_caches", "2").map_err(text)?;
    let stats = cache.stats().map_err(text)?;
    is("present, after", stats.present, 0)?;
    is("shrunk", stats.shrunk, LEN as u64)?;
    is("present in the process", cached.present().map_err(text)?, 0)?;
    is("present in the child", child.present(cached.addr, LEN)?, 0)?;
    is(
        "of the other",
        plain.stats().map_err(text)?.present,
        LEN as u64,
    )?;
    for page in 0..LEN {
        is("a page", cached.load(page), Ok(0))?;
        is("a page of the other", kept.load(page), Ok(1))?;
    }
    drop((child, cache));
    fs::write("/proc/sys/vm/drop_caches", "2").map_err(text)?;
    is("without a shrinker", cached.present().map_err(text)?, LEN)?;
    Ok(format!("{} pages shrunk", stats.shrunk))
}

fn ring() -> Result<String, Failure> {
    const ENTRIES: usize = (LEN - 1) * PAGE / 4;

    let object = made(PAGES_AT_MMAP, 0)?;
    let map = mapped(&object)?;
    let header = |offset: u64| access::load(map.addr + offset as usize).map_err(text);
    // SAFETY: The mapping is of no Rust object.
    let write = |offset: usize, value| unsafe { access::store(map.addr + offset, value) };
    let (mut head, mut sum) = (0_u32, 0_u32);
    for round in 0..20 {
        let count = [1, 7, 0, 1000, ENTRIES][round % 5];
        for _ in 0..count {
            let value = head.wrapping_mul(0x9e37_79b9);
            let index = head as usize % ENTRIES;
            write(PAGE + 4 * index, value).map_err(text)?;
            sum = sum.wrapping_add(value);
            head += 1;
        }
        write(RING_HEAD as usize, head).map_err(text)?;
        is("how many there were", object.ring(), Ok(count as u32))?;
        is("the tail", header(RING_TAIL)?, head)?;
        is("the sum", header(RING_SUM)?, sum)?;
    }
    for kind in [PAGES, PFNS, MIXED, PFNS_AT_MMAP] {
        expect("no ring", made(kind, 0)?.ring(), Errno::EOPNOTSUPP)?;
    }
    Ok(format!("{head} entries, sum {sum:#x}"))
}

fn ring_of_any_head() -> Result<&'static str, Failure> {
    const ENTRIES: u32 = ((LEN - 1) * PAGE / 4) as u32;

    let object = made(PAGES_AT_MMAP, 0)?;
    let map = mapped(&object)?;
    for head in [u32::MAX, 0, 1 << 31, 5] {
        map.store(0, head).map_err(text)?;
        let count = object.ring().map_err(text)?;
        is("no more than there can be", count <= ENTRIES, true)?;
    }
    // One page has room for the header, and for nothing else.
    let object = Object::new(PAGES_AT_MMAP, 0, 1).map_err(text)?;
    let map = mapped(&object)?;
    map.store(0, 10).map_err(text)?;
    is("a ring of no entries", object.ring(), Ok(0))?;
    Ok("")
}

fn unload() -> Result<String, Failure> {
    let try_unload = || delete_module(c"mmpool", DeleteModuleFlags::O_NONBLOCK);
    let users = fs::read_to_string("/sys/module/mmpool/refcnt").map_err(text)?;
    let stays = users.trim() != "0";
    for kind in KINDS {
        let object = made(kind, 0)?;
        let what = |state: &str| format!("{}, {state}", kind.name);
        expect(&what("open"), try_unload(), Errno::EWOULDBLOCK)?;
        let map = mapped(&object)?;
        drop(object);
        thread::sleep(Duration::from_millis(50));
        expect(&what("mapped"), try_unload(), Errno::EWOULDBLOCK)?;
        is("a page", map.load(1), Ok(0))?;
        let child = Child::new()?;
        drop(map);
        thread::sleep(Duration::from_millis(50));
        expect(&what("mapped by a child"), try_unload(), Errno::EWOULDBLOCK)?;
        drop(child);
        if stays {
            continue;
        }
        eventually(&what("unused, it unloads"), || match try_unload() {
            Ok(()) => Ok(true),
            Err(Errno::EWOULDBLOCK) => Ok(false),
            Err(err) => Err(text(err)),
        })?;
        load("mmpool", c"")?;
    }
    Ok(match stays {
        true => "the device of this kernel has no owner, so the module stays".into(),
        false => String::new(),
    })
}
