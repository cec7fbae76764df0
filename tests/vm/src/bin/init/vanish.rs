// SPDX-License-Identifier: GPL-2.0-only

//! Tables whose locks are contended for, and that vanish while `tests/contend` looks them up and
//! locks them.

use crate::{
    contend::{
        self, map,
        uapi::{self, Vanish, IOCTL_TYPE},
        Device,
    },
    load_test, small_pages,
    task::Task,
    times,
};
use mmguard_vm::{
    tap::{note, Failure, Progress, Tap},
    PAGE,
};
use nix::{
    errno::Errno,
    libc::{self, c_int, c_void},
    request_code_readwrite,
    sys::memfd::{memfd_create, MFdFlags},
    unistd::ftruncate,
};
use std::{
    array,
    fmt::{self, Display},
    iter::zip,
    os::fd::{AsRawFd, OwnedFd},
    path::Path,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};

const VANISH: u64 = request_code_readwrite!(IOCTL_TYPE, uapi::VANISH, size_of::<Vanish>());

/// How often a table is looked for while all kinds of tables vanish, and while one does.
const TRIES: u64 = 200_000;
const FEWER_TRIES: u64 = 60_000;
/// How often two are looked for, and how often one under the lock of its PMD table.
const OTHER_TRIES: u64 = 20_000;
/// How many of them one ioctl does.
const AT_ONCE: u64 = 10_000;

/// What covers a table, in bytes.
const TABLE: usize = uapi::TABLE as usize;
/// From one region to the next, in bytes.
const STEP: usize = 4 * TABLE;

/// What the subject does to its tables, in a region for each.
const KINDS: [(&str, Round); 4] = [
    ("zapped, which frees the empty table", Subject::zap),
    ("collapsed and split", Subject::collapse),
    (
        "a file's collapsed from another mapping",
        Subject::collapse_file,
    ),
    ("unmapped and mapped again", Subject::unmap),
];
type Round = fn(&Subject) -> Result<(), Errno>;
/// How often, at least.
const ROUNDS: u64 = 300;

pub fn tests(tap: &mut Tap) {
    load_test(tap, "mmguard_contend", c"");
    tap.test(
        "table lock: page faults make tables, not huge pages",
        || small_pages().map(|()| ""),
    );
    contend::tables(tap);
    if !Path::new("/sys/kernel/mm/transparent_hugepage").exists() {
        note("the kernel has no huge pages, so no table is collapsed");
        return;
    }
    let mut scene = None;
    tap.test("vanish: a process makes its tables vanish", || {
        scene = Some(Scene::new()?);
        Ok("")
    });
    let Some(mut scene) = scene else { return };
    tap.test("vanish: each table is locked, or is none", || {
        let sum = scene.look(uapi::ONE, KINDS.len(), TRIES)?;
        verdict(&sum, [sum.tables, sum.empty, sum.leaf, sum.no_vma])
    });
    tap.test(
        "vanish: so is a table under the lock of its PMD table",
        || {
            let sum = scene.look(uapi::BELOW_PMD, KINDS.len(), OTHER_TRIES)?;
            verdict(&sum, [sum.tables, sum.empty, sum.leaf, sum.no_vma])
        },
    );
    tap.test("vanish: the process was busy all the time", || {
        scene.subject.is_alive()?;
        let rounds = scene.rounds();
        let mut text = String::new();
        for ((name, _), rounds) in KINDS.iter().zip(rounds) {
            text += &format!("{name}: {rounds} times\n");
        }
        match rounds.into_iter().all(|rounds| rounds >= ROUNDS) {
            true => Ok(text),
            false => Err(text),
        }
    });
    scene.said.only_zap.store(true, Relaxed);
    tap.test("vanish: PMD entries change on the way to the lock", || {
        let sum = scene.look(uapi::ONE, 1, FEWER_TRIES)?;
        verdict(&sum, [sum.tables, sum.empty, sum.changed])
    });
    tap.test(
        "vanish: two tables are locked at once, or one is none",
        || {
            let sum = scene.look(uapi::PAIR, 1, OTHER_TRIES)?;
            verdict(&sum, [sum.tables, sum.empty])
        },
    );
}

/// Every one of these must have been seen, and nothing that is wrong, nor a table that was unmapped out of
/// order.
fn verdict<const N: usize>(sum: &Sum, seen: [u64; N]) -> Result<String, Failure> {
    match sum.wrong == 0 && sum.misplaced == 0 && seen.into_iter().all(|count| count > 0) {
        true => Ok(sum.to_string()),
        false => Err(sum.to_string()),
    }
}

/// What came of all tries.
#[derive(Default)]
struct Sum {
    tries: u64,
    tables: u64,
    wrong: u64,
    no_vma: u64,
    empty: u64,
    leaf: u64,
    not_present: u64,
    changed: u64,
    misplaced: u64,
}

impl Sum {
    fn add(&mut self, did: &Vanish) {
        self.tries += did.tries;
        self.tables += did.tables;
        self.wrong += did.wrong;
        self.no_vma += did.no_vma;
        self.empty += did.empty;
        self.leaf += did.leaf;
        self.not_present += did.not_present;
        self.changed += did.changed;
        self.misplaced += did.misplaced;
    }
}

impl Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} tries: {} tables, {} empty, {} huge, {} not present, {} without a VMA; \
             {} times the PMD entry had changed before the lock; {} wrong; \
             {} unmapped out of order",
            self.tries,
            self.tables,
            self.empty,
            self.leaf,
            self.not_present,
            self.no_vma,
            self.changed,
            self.wrong,
            self.misplaced
        )
    }
}

/// A process that makes its tables vanish, and the device that looks at them.
struct Scene {
    subject: Task,
    device: Device,
    /// Where the regions are.
    base: usize,
    said: &'static Said,
}

/// What is said to and by the subject, in memory that is shared with it.
struct Said {
    /// How many rounds it has done of each kind.
    rounds: [AtomicU64; KINDS.len()],
    /// That it should do the first kind only, which is fast.
    only_zap: AtomicBool,
}

impl Scene {
    fn new() -> Result<Self, Failure> {
        let said = map(PAGE, libc::MAP_SHARED)? as *const Said;
        // SAFETY: It is never unmapped, and zeroes are valid.
        let said = unsafe { &*said };
        let fd =
            memfd_create("vanish", MFdFlags::empty()).map_err(|err| format!("memfd: {err}"))?;
        ftruncate(&fd, TABLE as i64).map_err(|err| format!("ftruncate: {err}"))?;
        // The subject maps its regions into this. Here it is not touched.
        let room = map((KINDS.len() + 2) * STEP, libc::MAP_PRIVATE)? as usize;
        let base = room.next_multiple_of(TABLE);
        let subject = Subject { base, fd };
        Ok(Self {
            subject: Task::spawn(|| subject.run(said))?,
            device: Device::open()?,
            base,
            said,
        })
    }

    fn rounds(&self) -> [u64; KINDS.len()] {
        array::from_fn(|i| self.said.rounds[i].load(Relaxed))
    }

    /// Looks for the tables of the first regions, which take turns. That is so many times, and until
    /// the process has done half of its rounds meanwhile.
    fn look(&mut self, how: u32, places: usize, tries: u64) -> Result<Sum, Failure> {
        let tries = tries * times();
        let mut progress = Progress::new("tries", tries);
        let mut sum = Sum::default();
        let before = self.rounds();
        let done = |rounds: [u64; KINDS.len()]| {
            let mut kinds = zip(before, rounds).take(places);
            kinds.all(|(before, rounds)| rounds >= before + ROUNDS / 2)
        };
        while sum.tries < tries || !done(self.rounds()) {
            let mut request = Vanish {
                addr: self.base as u64,
                step: STEP as u64,
                places: places as u32,
                pid: self.subject.pid.as_raw(),
                tries: AT_ONCE,
                how,
                ..Vanish::default()
            };
            // SAFETY: The ioctl reads and writes a `Vanish`, and the pointer is to one.
            unsafe { self.device.ioctl(VANISH, &raw mut request as usize) }
                .map_err(|err| format!("{err}, {:?}", self.subject.is_alive()))?;
            sum.add(&request);
            progress.at(sum.tries);
        }
        Ok(sum)
    }
}

/// What the process does, by system calls only.
struct Subject {
    base: usize,
    fd: OwnedFd,
}

impl Subject {
    /// Makes tables vanish, for ever.
    fn run(&self, said: &Said) -> Result<(), Errno> {
        let all = KINDS.len() * STEP;
        // SAFETY: As nothing is mapped here any more, nothing is mapped over below.
        Errno::result(unsafe { libc::munmap(self.region(0), all) })?;
        self.map(self.region(0), 2 * TABLE, None)?;
        self.map(self.region(1), TABLE, None)?;
        self.map(self.region(2), TABLE, Some(&self.fd))?;
        self.map(self.file_again(), TABLE, Some(&self.fd))?;
        self.map(self.region(3), TABLE, None)?;
        touch(self.region(2));
        touch(self.file_again());
        loop {
            for ((_, kind), rounds) in KINDS.iter().zip(&said.rounds) {
                kind(self)?;
                rounds.fetch_add(1, Relaxed);
                if said.only_zap.load(Relaxed) {
                    break;
                }
            }
        }
    }

    fn region(&self, kind: usize) -> *mut c_void {
        (self.base + kind * STEP) as *mut c_void
    }

    /// Where the file is mapped once more.
    fn file_again(&self) -> *mut c_void {
        self.region(2).wrapping_byte_add(2 * TABLE)
    }

    fn map(&self, at: *mut c_void, len: usize, fd: Option<&OwnedFd>) -> Result<(), Errno> {
        let prot = libc::PROT_READ | libc::PROT_WRITE;
        let (kind, fd) = match fd {
            Some(fd) => (libc::MAP_SHARED, fd.as_raw_fd()),
            None => (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1),
        };
        // SAFETY: It does not map over anything.
        let map = unsafe { libc::mmap(at, len, prot, kind | libc::MAP_FIXED_NOREPLACE, fd, 0) };
        Errno::result(map as isize).map(drop)
    }

    /// Both tables become empty, and are freed.
    fn zap(&self) -> Result<(), Errno> {
        let region = self.region(0);
        for _ in 0..8 {
            advise(region, 2 * TABLE, libc::MADV_DONTNEED)?;
            touch(region);
            touch(region.wrapping_byte_add(TABLE));
        }
        Ok(())
    }

    /// The table becomes a huge page, and that a table again.
    fn collapse(&self) -> Result<(), Errno> {
        let region = self.region(1);
        advise(region, TABLE, libc::MADV_DONTNEED)?;
        touch(region);
        advise(region, TABLE, libc::MADV_COLLAPSE)?;
        advise(region, PAGE, libc::MADV_DONTNEED)
    }

    /// The table goes when the file gets a huge page, by way of another mapping.
    fn collapse_file(&self) -> Result<(), Errno> {
        let (region, again) = (self.region(2), self.file_again());
        advise(again, TABLE, libc::MADV_COLLAPSE)?;
        touch(region);
        advise(again, TABLE, libc::MADV_REMOVE)?;
        touch(again);
        touch(region);
        Ok(())
    }

    /// The VMA goes, and a new one comes.
    fn unmap(&self) -> Result<(), Errno> {
        let region = self.region(3);
        // SAFETY: Nothing refers to it.
        Errno::result(unsafe { libc::munmap(region, TABLE) })?;
        self.map(region, TABLE, None)?;
        touch(region);
        Ok(())
    }
}

/// Writes to a page, so that there is one.
fn touch(addr: *mut c_void) {
    // SAFETY: All callers name a mapping that may be written to.
    unsafe { addr.cast::<u8>().write_volatile(1) };
}

fn advise(addr: *mut c_void, len: usize, advice: c_int) -> Result<(), Errno> {
    // SAFETY: Nothing refers to the memory.
    Errno::result(unsafe { libc::madvise(addr, len, advice) }).map(drop)
}
