// SPDX-License-Identifier: GPL-2.0-only

//! User processes that wait for each other's VMA locks and page-table locks, in ioctls of
//! `tests/contend`.

use crate::{
    load_test,
    subject::{attached, Subject},
    task::{Task, LONG},
};
use mmguard_vm::{
    tap::{Failure, Tap},
    PAGE,
};
use nix::{errno::Errno, libc, request_code_readwrite, request_code_write, unistd::Pid};
use std::{
    fs::{self, File},
    os::fd::AsRawFd,
    ptr::null_mut,
    sync::atomic::{AtomicU64, Ordering::SeqCst},
    thread,
    time::{Duration, Instant},
};

#[path = "../../../../contend/uapi.rs"]
pub mod uapi;
use uapi::{Request, Status, IOCTL_TYPE};

pub const HOLD_READ: u64 = request_code_write!(IOCTL_TYPE, uapi::HOLD_READ, size_of::<Request>());
const WRITE: u64 = request_code_write!(IOCTL_TYPE, uapi::WRITE, size_of::<Request>());
pub const WRITE_KILLABLE: u64 =
    request_code_write!(IOCTL_TYPE, uapi::WRITE_KILLABLE, size_of::<Request>());
const WRITE_DOWNGRADE: u64 =
    request_code_write!(IOCTL_TYPE, uapi::WRITE_DOWNGRADE, size_of::<Request>());
const RELEASE: u64 = request_code_write!(IOCTL_TYPE, uapi::RELEASE, size_of::<u32>());
const STATUS: u64 = request_code_readwrite!(IOCTL_TYPE, uapi::STATUS, size_of::<Status>());
const LOCK_TABLE: u64 = request_code_write!(IOCTL_TYPE, uapi::LOCK_TABLE, size_of::<Request>());

const LAST_USER: u64 = request_code_write!(IOCTL_TYPE, uapi::LAST_USER, size_of::<Request>());

/// All that take a lock of a VMA.
const LOCKS: [u64; 4] = [HOLD_READ, WRITE, WRITE_KILLABLE, WRITE_DOWNGRADE];

/// The records of the process that reads, of the one that writes, and of the init itself.
const READER: u32 = 0;
const WRITER: u32 = 1;
const INIT: u32 = 2;

/// How long what must not happen is looked out for.
const SHORT: Duration = Duration::from_millis(500);

pub fn tests(tap: &mut Tap) {
    load_test(tap, "mmguard_contend", c"");
    killed_while_it_waits(tap, Whose::Other);
    killed_while_it_waits(tap, Whose::Own);
    killed_but_uninterruptible(tap);
    woken(tap, "killable", WRITE_KILLABLE);
    woken(tap, "uninterruptible", WRITE);
    downgrade(tap);
    last_user(tap);
    mmscope(tap);
    bad_inputs(tap);
}

/// What there is to see in a kernel without VMA locks.
pub fn without_vma_locks(tap: &mut Tap) {
    load_test(tap, "mmguard_contend", c"");
    tap.test(
        "without VMA locks none is read-locked, and writers do not wait",
        || {
            let scene = Scene::new()?;
            let (device, request) = (&scene.device, scene.request(INIT, 0));
            expect("read", device.run(HOLD_READ, &request), Err(Errno::EAGAIN))?;
            for cmd in [WRITE, WRITE_KILLABLE, WRITE_DOWNGRADE] {
                expect("write", device.run(cmd, &request), Ok(()))?;
            }
            Ok("")
        },
    );
    bad_inputs(tap);
}

/// Whose VMA a process writes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Own,
    Other,
}

fn killed_while_it_waits(tap: &mut Tap, whose: Whose) {
    let name = match whose {
        Whose::Own => "killable, own VMA",
        Whose::Other => "killable, another's VMA",
    };
    let mut scene = None;
    tap.test(
        &format!("{name}: a process sleeps for the write lock, which a reader keeps from it"),
        || {
            let mut new = Scene::new()?;
            match whose {
                Whose::Own => new.write_own(),
                Whose::Other => new.read_and_write(WRITE_KILLABLE),
            }?;
            scene = Some(new);
            Ok("")
        },
    );
    let Some(mut scene) = scene else { return };
    tap.test(
        &format!("{name}: while it waits, nobody else gets the read lock"),
        || expect("read", scene.try_now(HOLD_READ), Err(Errno::EAGAIN)),
    );
    tap.test(
        &format!("{name}: SIGKILL ends the wait: EINTR, and no guard"),
        || {
            scene.writer()?.kill();
            let status = scene.device.wait_for(WRITER, uapi::DONE)?;
            match (status.errno, status.guard) {
                (libc::EINTR, 0) => Ok(""),
                _ => Err(format!("{status:?}")),
            }
        },
    );
    tap.test(
        &format!("{name}: the process ends by SIGKILL, not by itself"),
        || scene.writer()?.ends_by_sigkill(),
    );
    tap.test(
        &format!("{name}: the reader holds its lock all the time, and no writer waits"),
        || {
            scene.device.eventually(READER, "no writer", |status| {
                status.state == uapi::HOLDS && status.writer_waits == 0
            })?;
            scene.reader()?.is_alive()
        },
    );
    if whose == Whose::Own {
        tap.test(
            &format!("{name}: the reader ends well, after the process whose VMA it read"),
            || {
                expect("read", scene.try_now(HOLD_READ), Err(Errno::ESRCH))?;
                scene.end_reader()
            },
        );
        return;
    }
    tap.test(
        &format!("{name}: others get the read lock beside the reader"),
        || expect("read", scene.try_now(HOLD_READ), Ok(())),
    );
    tap.test(
        &format!("{name}: afterwards the VMA is read- and write-locked"),
        || {
            scene.end_reader()?;
            scene.all_locks()
        },
    );
}

fn killed_but_uninterruptible(tap: &mut Tap) {
    let mut scene = None;
    tap.test(
        "uninterruptible: a process sleeps for the write lock of a VMA, which another reads",
        || {
            let mut new = Scene::new()?;
            new.read_and_write(WRITE)?;
            scene = Some(new);
            Ok("")
        },
    );
    let Some(mut scene) = scene else { return };
    tap.test(
        "uninterruptible: SIGKILL is pending, and does not end the wait",
        || {
            let pid = scene.writer()?.kill();
            let begin = Instant::now();
            while begin.elapsed() < SHORT {
                scene.writer()?.is_alive()?;
                scene.writer_sleeps(pid)?;
                thread::sleep(Duration::from_millis(10));
            }
            kill_is_pending(pid)
        },
    );
    tap.test(
        "uninterruptible: the reader's release ends the wait, with a guard",
        || {
            scene.end_reader()?;
            scene.writer_had_guard()
        },
    );
    tap.test("uninterruptible: then the process ends by SIGKILL", || {
        scene.writer()?.ends_by_sigkill()
    });
    tap.test(
        "uninterruptible: afterwards the VMA is read- and write-locked",
        || scene.all_locks(),
    );
}

fn woken(tap: &mut Tap, name: &str, cmd: u64) {
    tap.test(
        &format!("{name}: the reader's release wakes the writer, who returns to user mode"),
        || {
            let mut scene = Scene::new()?;
            scene.read_and_write(cmd)?;
            scene.end_reader()?;
            scene.writer_had_guard()?;
            scene.writer()?.ends_well()?;
            scene.all_locks()
        },
    );
}

fn downgrade(tap: &mut Tap) {
    let mut scene = None;
    tap.test(
        "downgrade: under the VMA write lock, nobody read-locks the VMA",
        || {
            let mut new = Scene::new()?;
            let request = new.request(WRITER, 1);
            new.writer = Some(new.device.spawn(WRITE_DOWNGRADE, request)?);
            new.device.wait_for(WRITER, uapi::HOLDS)?;
            expect("read", new.try_now(HOLD_READ), Err(Errno::EAGAIN))?;
            scene = Some(new);
            Ok("")
        },
    );
    let Some(mut scene) = scene else { return };
    tap.test(
        "downgrade: after it another process read-locks the VMA, while the mmap lock is held",
        || {
            scene.device.release(WRITER)?;
            scene.device.wait_for(WRITER, uapi::DOWNGRADED)?;
            scene.read()?;
            scene.writer()?.is_alive()?;
            let status = scene.device.status(WRITER)?;
            match status.state {
                uapi::DOWNGRADED => Ok(""),
                _ => Err(format!("{status:?}")),
            }
        },
    );
    tap.test("downgrade: both end well", || {
        scene.device.release(WRITER)?;
        scene.writer()?.ends_well()?;
        scene.writer_had_guard()?;
        scene.end_reader()?;
        scene.all_locks()
    });
}

/// A look at the process waits for the mmap lock where the VMA lock cannot be had.
fn last_user(tap: &mut Tap) {
    tap.test(
        "the last user of an mm is dropped under locks that its end takes",
        || {
            let Scene {
                target,
                device,
                pid,
                addr,
                ..
            } = Scene::new()?;
            let request = Request {
                addr,
                pid,
                record: READER,
                hold: 1,
                padding: 0,
            };
            let mut task = device.spawn(LAST_USER, request)?;
            device.wait_for(READER, uapi::HOLDS)?;
            // Its mm is kept by that task alone then.
            drop(target);
            device.release(READER)?;
            task.ends_well()
        },
    );
}

fn mmscope(tap: &mut Tap) {
    load_test(tap, "mmscope", c"");
    tap.test(
        "mmscope: a look waits while a process sleeps for the write lock, and SIGKILL ends it",
        || {
            let mut scene = Scene::new()?;
            let device = attached(scene.pid)?;
            let mut buf = vec![0; 1 << 16];
            scene.read_and_write(WRITE_KILLABLE)?;
            for pages in [true, false] {
                let mut look = Task::spawn(|| match pages {
                    true => device.read_pages(0, 0, &mut buf).map(drop),
                    false => device.read(0, &mut buf).map(drop),
                })?;
                thread::sleep(SHORT);
                look.is_alive()?;
                look.kill();
                look.ends_by_sigkill()?;
            }
            Ok("")
        },
    );
}

/// The locks of page tables.
pub fn tables(tap: &mut Tap) {
    let mut tables = None;
    tap.test("table lock: a process has two tables", || {
        tables = Some(Tables::new()?);
        Ok("")
    });
    let Some(tables) = tables else { return };
    tap.test(
        "table lock: another task waits for it, until the one that holds it lets go",
        || tables.beside_holder(true, || tables.lock(0)),
    );
    tap.test(
        "table lock: the process waits for it in a page fault in that table",
        || tables.beside_holder(true, || tables.touch(0)),
    );
    // Where there is one lock for all tables, it is that of the next one, too.
    tap.test(
        "table lock: another task gets that of the next table, if it has its own",
        || tables.beside_holder(!tables.split, || tables.lock(uapi::TABLE)),
    );
    tap.test(
        "table lock: a page fault in the next table waits only if they share a lock",
        || tables.beside_holder(!tables.split, || tables.touch(uapi::TABLE)),
    );
    tap.test("table lock: it is released at once when told so", || {
        let mut holder = tables.hold()?;
        tables.device.release(READER)?;
        holder.ends_well()?;
        let held = tables.device.wait_for(READER, uapi::DONE)?;
        let ns = held.held_until - held.holds_since;
        // Whether anybody else runs meanwhile is up to the number of processors.
        match ns < uapi::MAX_SPIN || !tables.split {
            true => Ok(format!("{} ms", ns / 1_000_000)),
            false => Err(format!("{held:?}")),
        }
    });
    tap.test("table lock: where there is no table: ENOENT", || {
        let request = tables.request(INIT, 2 * uapi::TABLE, 0);
        let result = tables.device.run(LOCK_TABLE, &request);
        expect("lock", result, Err(Errno::ENOENT))
    });
}

fn bad_inputs(tap: &mut Tap) {
    tap.test("contend: bad ioctl numbers: ENOTTY", || {
        let device = Device::open()?;
        for number in [
            0,
            HOLD_READ - 1,
            STATUS + 1,
            HOLD_READ ^ (1 << 16),
            u32::MAX.into(),
        ] {
            let mut arg = [0_u64; 8];
            // SAFETY: The argument is as large as that of any known ioctl.
            let result = unsafe { device.ioctl(number, arg.as_mut_ptr() as usize) };
            expect(&format!("{number:#x}"), result, Err(Errno::ENOTTY))?;
        }
        Ok("")
    });
    tap.test("contend: bad pointers to the argument: EFAULT", || {
        let device = Device::open()?;
        for number in LOCKS.into_iter().chain([LOCK_TABLE, RELEASE, STATUS]) {
            for arg in [0, 8, 0xffff_8880_0000_0000, usize::MAX - 7] {
                // SAFETY: Nothing is at the address.
                let result = unsafe { device.ioctl(number, arg) };
                expect(&format!("{arg:#x}"), result, Err(Errno::EFAULT))?;
            }
        }
        Ok("")
    });
    tap.test("contend: records that are not there: EINVAL", || {
        let scene = Scene::new()?;
        let last = scene.device.status(uapi::RECORDS as u32 - 1)?;
        if last.state != uapi::UNUSED {
            return Err(format!("the last record: {last:?}"));
        }
        for record in [uapi::RECORDS as u32, u32::MAX] {
            for cmd in LOCKS.into_iter().chain([LOCK_TABLE]) {
                let result = scene.device.run(cmd, &scene.request(record, 0));
                expect("lock", result, Err(Errno::EINVAL))?;
            }
            // SAFETY: The ioctl reads a number, and the pointer is to one.
            let result = unsafe { scene.device.ioctl(RELEASE, &raw const record as usize) };
            expect("release", result, Err(Errno::EINVAL))?;
            if scene.device.status(record).is_ok() {
                return Err(format!("there is a record {record}"));
            }
        }
        Ok("")
    });
    tap.test("contend: processes that are not there: ESRCH", || {
        let mut scene = Scene::new()?;
        scene.target.kill();
        let zombie = scene.request(INIT, 0);
        for cmd in LOCKS.into_iter().chain([LOCK_TABLE]) {
            for pid in [0, -1, i32::MIN, i32::MAX, 4_000_000, zombie.pid] {
                let result = scene.device.run(cmd, &Request { pid, ..zombie });
                expect(&format!("PID {pid}"), result, Err(Errno::ESRCH))?;
            }
            // A kernel thread is there, and has no VMAs.
            let result = scene.device.run(cmd, &Request { pid: 2, ..zombie });
            expect("PID 2", result, Err(Errno::EINVAL))?;
        }
        Ok("")
    });
    tap.test("contend: addresses without a VMA: EFAULT", || {
        let scene = Scene::new()?;
        let request = scene.request(INIT, 0);
        for cmd in LOCKS.into_iter().chain([LOCK_TABLE]) {
            for addr in [0, PAGE as u64, 0xffff_8880_0000_0000, u64::MAX] {
                let result = scene.device.run(cmd, &Request { addr, ..request });
                expect(&format!("{addr:#x}"), result, Err(Errno::EFAULT))?;
                let status = scene.device.status(INIT)?;
                if (status.errno, status.guard) != (libc::EFAULT, 0) {
                    return Err(format!("{status:?}"));
                }
            }
        }
        Ok("")
    });
}

/// Expects the result of an ioctl.
fn expect(
    what: &str,
    result: Result<(), Errno>,
    expected: Result<(), Errno>,
) -> Result<&'static str, Failure> {
    match result == expected {
        true => Ok(""),
        false => Err(format!("{what}: {result:?}, not {expected:?}")),
    }
}

/// Whether SIGKILL has been sent to a process that has not seen it yet.
fn kill_is_pending(pid: Pid) -> Result<&'static str, Failure> {
    let text = proc(pid, "status")?;
    let pending = text
        .lines()
        .filter_map(|line| {
            line.strip_prefix("SigPnd:")
                .or(line.strip_prefix("ShdPnd:"))
        })
        .filter_map(|set| u64::from_str_radix(set.trim(), 16).ok())
        .any(|set| set & (1 << (libc::SIGKILL - 1)) != 0);
    match pending {
        true => Ok(""),
        false => Err(text),
    }
}

fn proc(pid: Pid, file: &str) -> Result<String, Failure> {
    let path = format!("/proc/{pid}/{file}");
    fs::read_to_string(&path).map_err(|err| format!("{path}: {err}"))
}

/// A VMA, and the processes that want it.
struct Scene {
    // Dropped first, as the process whose VMA it is cannot end while they have its locks.
    reader: Option<Task>,
    writer: Option<Task>,
    /// Whose VMA it is, unless the writer has one of its own.
    target: Subject,
    device: Device,
    pid: i32,
    addr: u64,
}

impl Scene {
    /// Starts the process whose VMA it is about.
    fn new() -> Result<Self, Failure> {
        let target = Subject::spawn(&["few"])?;
        let pid = target.pid();
        let addr = u64::from_str_radix(&target.said, 16)
            .map_err(|err| format!("{:?}: {err}", target.said))?;
        Ok(Self {
            reader: None,
            writer: None,
            target,
            device: Device::open()?,
            pid,
            addr,
        })
    }

    fn request(&self, record: u32, hold: u32) -> Request {
        Request {
            addr: self.addr,
            pid: self.pid,
            record,
            hold,
            padding: 0,
        }
    }

    fn reader(&mut self) -> Result<&mut Task, Failure> {
        self.reader.as_mut().ok_or("no reader".into())
    }

    fn writer(&mut self) -> Result<&mut Task, Failure> {
        self.writer.as_mut().ok_or("no writer".into())
    }

    /// Takes and drops a lock, in this very process.
    fn try_now(&self, cmd: u64) -> Result<(), Errno> {
        self.device.run(cmd, &self.request(INIT, 0))
    }

    /// Lets a process hold the VMA read lock.
    fn read(&mut self) -> Result<(), Failure> {
        let request = self.request(READER, 1);
        self.reader = Some(self.device.spawn(HOLD_READ, request)?);
        self.device.wait_for(READER, uapi::HOLDS)?;
        Ok(())
    }

    /// Lets a process hold the VMA read lock, and then another one wait for the write lock.
    fn read_and_write(&mut self, cmd: u64) -> Result<(), Failure> {
        self.read()?;
        if self.device.status(READER)?.writer_waits != 0 {
            return Err("a writer waits, and there is none".into());
        }
        let request = self.request(WRITER, 0);
        self.writer = Some(self.device.spawn(cmd, request)?);
        self.wait_until_writer_sleeps()
    }

    /// As [`read_and_write`](Self::read_and_write), where the writer's VMA is its own.
    fn write_own(&mut self) -> Result<(), Failure> {
        // A child has it too.
        self.addr = map(PAGE, libc::MAP_PRIVATE)? as u64;
        let mut request = self.request(WRITER, 0);
        let device = &self.device;
        self.writer = Some(Task::spawn(|| {
            // SAFETY: It has no arguments.
            request.pid = unsafe { libc::getpid() };
            while device.raw_status(READER)?.state != uapi::HOLDS {
                // SAFETY: It has no pointers.
                unsafe { libc::usleep(1000) };
            }
            device.run(WRITE_KILLABLE, &request)
        })?);
        self.pid = self.writer()?.pid.as_raw();
        self.read()?;
        self.wait_until_writer_sleeps()
    }

    fn wait_until_writer_sleeps(&mut self) -> Result<(), Failure> {
        let pid = self.writer()?.pid;
        self.device
            .eventually(READER, "the reader sees the writer", |status| {
                status.writer_waits == 1
            })?;
        // From there it is a few instructions to the sleep.
        let begin = Instant::now();
        loop {
            match self.writer_sleeps(pid) {
                Err(_) if begin.elapsed() < LONG => thread::sleep(Duration::from_millis(1)),
                result => return result,
            }
        }
    }

    /// Whether the writer sleeps where it should.
    fn writer_sleeps(&self, pid: Pid) -> Result<(), Failure> {
        let (reader, writer) = (self.device.status(READER)?, self.device.status(WRITER)?);
        if (reader.state, reader.writer_waits) != (uapi::HOLDS, 1) {
            return Err(format!("the reader: {reader:?}"));
        }
        if (writer.state, writer.guard) != (uapi::WAITS, 0) {
            return Err(format!("the writer: {writer:?}"));
        }
        let stat = proc(pid, "stat")?;
        if !stat
            .rsplit_once(')')
            .is_some_and(|(_, rest)| rest.starts_with(" D "))
        {
            return Err(format!("it does not sleep: {stat}"));
        }
        let stack = proc(pid, "stack")?;
        match stack.contains("__vma_start_write+") {
            true => Ok(()),
            false => Err(format!("it sleeps elsewhere: {stack}")),
        }
    }

    /// Lets the reader drop its lock and come back.
    fn end_reader(&mut self) -> Result<&'static str, Failure> {
        self.device.release(READER)?;
        self.reader()?.ends_well()
    }

    fn writer_had_guard(&self) -> Result<&'static str, Failure> {
        let status = self.device.wait_for(WRITER, uapi::DONE)?;
        match (status.errno, status.guard) {
            (0, 1) => Ok(""),
            _ => Err(format!("{status:?}")),
        }
    }

    /// Takes and drops every lock there is.
    fn all_locks(&self) -> Result<&'static str, Failure> {
        for cmd in LOCKS.into_iter().chain(LOCKS) {
            expect(&format!("{cmd:#x}"), self.try_now(cmd), Ok(()))?;
            let status = self.device.status(INIT)?;
            if (status.state, status.errno, status.guard) != (uapi::DONE, 0, 1) {
                return Err(format!("{cmd:#x}: {status:?}"));
            }
        }
        Ok("")
    }
}

/// A process with two PTE tables, and room for a third.
struct Tables {
    target: Task,
    device: Device,
    /// What the first table begins with.
    addr: u64,
    told: &'static Told,
    /// Whether each has a lock of its own.
    split: bool,
}

/// What is said to and by the process that has the tables, in memory that is shared with it.
struct Told {
    /// An address to touch, or 0 when that is done.
    touch: AtomicU64,
    /// When it was about to touch it, in nanoseconds of the monotonic clock.
    before: AtomicU64,
    /// When it had touched it.
    after: AtomicU64,
}

impl Told {
    fn new() -> Result<&'static Self, Failure> {
        let map = map(PAGE, libc::MAP_SHARED)? as *const Self;
        // SAFETY: It is never unmapped, and zeroes are valid.
        Ok(unsafe { &*map })
    }

    /// Touches what it is told to, for ever.
    fn obey(&self) -> ! {
        loop {
            let addr = self.touch.load(SeqCst) as *mut u8;
            if addr.is_null() {
                // SAFETY: It has no pointers.
                unsafe { libc::usleep(1000) };
                continue;
            }
            self.before.store(clock(), SeqCst);
            // SAFETY: It is in a mapping of this process that nothing else uses.
            unsafe { addr.write_volatile(1) };
            self.after.store(clock(), SeqCst);
            self.touch.store(0, SeqCst);
        }
    }

    /// Has an address touched. Returns when it began and when it was done.
    fn touch(&self, addr: u64) -> Result<(u64, u64), Failure> {
        self.touch.store(addr, SeqCst);
        let begin = Instant::now();
        while self.touch.load(SeqCst) != 0 {
            if begin.elapsed() > LONG {
                return Err(format!("{addr:#x} is not touched"));
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok((self.before.load(SeqCst), self.after.load(SeqCst)))
    }
}

impl Tables {
    fn new() -> Result<Self, Failure> {
        let told = Told::new()?;
        // A child has it too. This process never touches it.
        let addr = map(4 * uapi::TABLE as usize, libc::MAP_PRIVATE)? as u64;
        let tables = Self {
            target: Task::spawn(|| told.obey())?,
            device: Device::open()?,
            addr: addr.next_multiple_of(uapi::TABLE),
            told,
            split: false,
        };
        tables.told.touch(tables.addr)?;
        tables.told.touch(tables.addr + uapi::TABLE)?;
        let split = tables.device.status(READER)?.split_locks != 0;
        Ok(Self { split, ..tables })
    }

    fn request(&self, record: u32, offset: u64, hold: u32) -> Request {
        Request {
            addr: self.addr + offset,
            pid: self.target.pid.as_raw(),
            record,
            hold,
            padding: 0,
        }
    }

    /// Lets a process hold the lock of the first table.
    fn hold(&self) -> Result<Task, Failure> {
        let holder = self.device.spawn(LOCK_TABLE, self.request(READER, 0, 1))?;
        self.device.wait_for(READER, uapi::HOLDS)?;
        Ok(holder)
    }

    /// Takes the lock of a table. Returns when that began and when it was had.
    fn lock(&self, offset: u64) -> Result<(u64, u64), Failure> {
        self.device
            .run(LOCK_TABLE, &self.request(INIT, offset, 0))
            .map_err(|err| format!("lock: {err}"))?;
        let status = self.device.status(INIT)?;
        Ok((status.waits_since, status.holds_since))
    }

    /// Lets the process touch a page of a table for the first time, and the next one another time.
    fn touch(&self, offset: u64) -> Result<(u64, u64), Failure> {
        static PAGES: AtomicU64 = AtomicU64::new(0);
        let page = PAGES.fetch_add(1, SeqCst) + 1;
        self.told.touch(self.addr + offset + page * PAGE as u64)
    }

    /// Does something while the lock of the first table is held, for which it must wait, or not.
    ///
    /// If it begins too late, as the machine has much to do, it is tried again.
    fn beside_holder(
        &self,
        waits: bool,
        act: impl Fn() -> Result<(u64, u64), Failure>,
    ) -> Result<String, Failure> {
        let mut text = String::new();
        for _ in 0..5 {
            let mut holder = self.hold()?;
            let (begin, end) = act()?;
            // If that is not over, nobody waits any longer.
            self.device.release(READER)?;
            holder.ends_well()?;
            let held = self.device.wait_for(READER, uapi::DONE)?;
            let (from, until) = (held.holds_since, held.held_until);
            let ms = |ns: u64| ns.saturating_sub(from) / 1_000_000;
            text = format!(
                "held for {} ms; began after {} ms, done after {} ms",
                ms(until),
                ms(begin),
                ms(end)
            );
            if begin < from {
                return Err(format!("it began before: {text}"));
            }
            // Half the time it must have waited.
            if begin - from > uapi::MAX_SPIN / 2 {
                continue;
            }
            return match (end >= until) == waits {
                true => Ok(text),
                false => Err(text),
            };
        }
        Err(format!("it never began in time: {text}"))
    }
}

/// The monotonic clock, in nanoseconds.
fn clock() -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: The pointer is valid.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// Maps anonymous memory. It is never unmapped.
pub fn map(len: usize, flags: i32) -> Result<*mut libc::c_void, Failure> {
    let prot = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: It maps over nothing.
    match unsafe { libc::mmap(null_mut(), len, prot, flags | libc::MAP_ANONYMOUS, -1, 0) } {
        libc::MAP_FAILED => Err(format!("mmap: {}", Errno::last())),
        map => Ok(map),
    }
}

/// An open device. Children have it too, with the same records.
pub struct Device(File);

impl Device {
    pub fn open() -> Result<Self, Failure> {
        const PATH: &str = "/dev/mmguard-contend";
        File::open(PATH)
            .map(Self)
            .map_err(|err| format!("{PATH}: {err}"))
    }

    /// Any ioctl at all.
    ///
    /// # Safety
    ///
    /// `arg` must be what the device expects for `number`, or an address that nothing is at.
    pub unsafe fn ioctl(&self, number: u64, arg: usize) -> Result<(), Errno> {
        // SAFETY: By the safety requirements.
        Errno::result(unsafe { libc::ioctl(self.0.as_raw_fd(), number, arg) }).map(drop)
    }

    /// Takes a lock.
    pub fn run(&self, cmd: u64, request: &Request) -> Result<(), Errno> {
        // SAFETY: The ioctl reads a `Request`, and the pointer is to one.
        unsafe { self.ioctl(cmd, &raw const *request as usize) }
    }

    /// Takes a lock in a new process.
    fn spawn(&self, cmd: u64, request: Request) -> Result<Task, Failure> {
        Task::spawn(|| self.run(cmd, &request))
    }

    pub fn release(&self, record: u32) -> Result<(), Failure> {
        // SAFETY: The ioctl reads a number, and the pointer is to one.
        unsafe { self.ioctl(RELEASE, &raw const record as usize) }
            .map_err(|err| format!("release: {err}"))
    }

    fn raw_status(&self, record: u32) -> Result<Status, Errno> {
        let mut status = Status {
            record,
            ..Status::default()
        };
        // SAFETY: The ioctl reads and writes a `Status`, and the pointer is to one.
        unsafe { self.ioctl(STATUS, &raw mut status as usize) }.map(|()| status)
    }

    fn status(&self, record: u32) -> Result<Status, Failure> {
        self.raw_status(record)
            .map_err(|err| format!("status: {err}"))
    }

    /// Waits until a record is as it should be.
    fn eventually(
        &self,
        record: u32,
        what: &str,
        is: impl Fn(&Status) -> bool,
    ) -> Result<Status, Failure> {
        let begin = Instant::now();
        loop {
            let status = self.status(record)?;
            if is(&status) {
                return Ok(status);
            }
            if begin.elapsed() > LONG {
                return Err(format!("{what}: not yet: {status:?}"));
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits for a state.
    fn wait_for(&self, record: u32, state: u32) -> Result<Status, Failure> {
        self.eventually(record, &format!("state {state}"), |status| {
            status.state == state
        })
    }
}
