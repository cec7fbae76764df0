// SPDX-License-Identifier: GPL-2.0-only

//! Mappings of all kinds come and go: in the end each one has gone, and each object.

use crate::{arena::Arena, end_with_parent, Workers};
use mmguard_vm::{
    pool::{Map, Object, MIXED, PAGES, PAGES_AT_MMAP, PFNS, PFNS_AT_MMAP},
    random::Random,
    tap::{note, text, Failure},
};
use mmpool::uapi::{SETUP_DONTCOPY, SETUP_IO, SETUP_PURGEABLE, SETUP_READ_ONLY};
use nix::{
    libc,
    sys::{
        signal::{kill, Signal},
        wait::{waitpid, WaitStatus},
    },
    unistd::{fork, ForkResult, Pid},
};
use std::{
    fs,
    os::fd::{AsFd, AsRawFd},
    sync::atomic::{
        AtomicBool, AtomicU64,
        Ordering::{Relaxed, SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

/// How many processes there are, without the children of these.
const PROCESSES: usize = 4;
/// How long the objects are, in pages.
const LEN: usize = 64;
/// Most ranges are this long at most.
const MAX: usize = 16;
const OBJECTS: usize = 9;
/// What is written, but for the number of the object.
const TAG: u32 = 0x5eed_0000;
/// So many mappings a process may have, so that some calls fail that would make more.
const MAX_MAPPINGS: &str = "64";

/// What the processes share.
#[repr(C)]
struct Shared {
    rounds: AtomicU64,
    /// How often each object was mapped.
    maps: [AtomicU64; OBJECTS],
    /// How often `mmap` failed, and `fork` was called.
    failed: AtomicU64,
    forks: AtomicU64,
    loads: AtomicU64,
    signals: AtomicU64,
}

pub fn run(rounds: u64, seed: u64) -> Result<(), Failure> {
    note(format_args!("churn: {rounds} rounds, seed {seed}"));
    let limit = "/proc/sys/vm/max_map_count";
    let limit_was = fs::read_to_string(limit).map_err(text)?;
    let objects = [
        (PAGES, 0),
        (PAGES, SETUP_PURGEABLE),
        (PAGES, SETUP_DONTCOPY),
        (PAGES, SETUP_READ_ONLY),
        (PFNS, 0),
        (PFNS, SETUP_READ_ONLY | SETUP_DONTCOPY),
        (MIXED, 0),
        (PAGES_AT_MMAP, SETUP_IO),
        (PFNS_AT_MMAP, 0),
    ];
    let objects = objects.map(|(kind, flags)| Object::new(kind, flags, LEN));
    let objects = objects
        .into_iter()
        .collect::<Result<Vec<_>, _>>()
        .map_err(text)?;
    let memory = Map::anon(1, libc::MAP_SHARED).map_err(text)?;
    // SAFETY: The page is zeroed, aligned, and large enough, and nothing else is in it.
    let shared = unsafe { &*(memory.addr as *const Shared) };

    fs::write(limit, MAX_MAPPINGS).map_err(text)?;
    let each = rounds.div_ceil(PROCESSES as u64);
    let workers = Workers::start(PROCESSES, |number| {
        let mut process = Process {
            arena: Arena::of(number),
            random: Random::new(seed ^ ((number as u64 + 1) << 32)),
            objects: &objects,
            shared,
            may_map: true,
            may_fork: true,
        };
        process.run(each)
    });
    let done = || format!("churn: {}/{rounds}", shared.rounds.load(SeqCst));
    let ended = workers.and_then(|workers| workers.end(done));
    fs::write(limit, limit_was.trim()).map_err(text)?;
    note(format_args!(
        "churn: {} mappings, {} failed, {} forks, {} loads, {} signals",
        shared
            .maps
            .iter()
            .map(|maps| maps.load(SeqCst))
            .sum::<u64>(),
        shared.failed.load(SeqCst),
        shared.forks.load(SeqCst),
        shared.loads.load(SeqCst),
        shared.signals.load(SeqCst),
    ));
    ended?;

    // No mapping is left, and each one was closed that was made.
    for (object, maps) in objects.iter().zip(&shared.maps) {
        let stats = object.stats().map_err(text)?;
        let maps = maps.load(SeqCst);
        if maps == 0 || maps + stats.opened != stats.closed {
            return Err(format!("mapped {maps} times, and {stats:?}"));
        }
    }
    objects_are(&objects[0], OBJECTS as u64)?;
    drop(objects);
    let last = Object::new(PAGES, 0, 1).map_err(text)?;
    objects_are(&last, 1)
}

/// Waits until there are so many objects. What a file has goes a moment after the file.
fn objects_are(object: &Object, count: u64) -> Result<(), Failure> {
    let begin = Instant::now();
    loop {
        let now = object.stats().map_err(text)?.objects;
        if now == count {
            return Ok(());
        }
        if begin.elapsed() > Duration::from_secs(5) {
            return Err(format!("{now} objects, not {count}"));
        }
        thread::sleep(Duration::from_millis(10));
    }
}

struct Process<'a> {
    arena: Arena,
    random: Random,
    objects: &'a [Object],
    shared: &'a Shared,
    /// One that is killed may not, as nobody could say whether it did.
    may_map: bool,
    may_fork: bool,
}

impl Process<'_> {
    fn run(&mut self, rounds: u64) -> Result<(), Failure> {
        let (begun, ended) = (AtomicBool::new(false), AtomicBool::new(false));
        let (arena, mut random) = (self.arena, Random::new(self.random.number()));
        let shared = self.shared;
        thread::scope(|scope| {
            // Accesses beside all changes. They are under the VMA lock.
            let accesses = scope.spawn(|| {
                begun.store(true, Relaxed);
                while !ended.load(Relaxed) {
                    access(arena, &mut random, shared)?;
                }
                Ok(())
            });
            // A thread that begins needs memory, which there may not be later.
            while !begun.load(Relaxed) {
                thread::yield_now();
            }
            let mut result = Ok(());
            for _ in 0..rounds {
                result = self.round();
                shared.rounds.fetch_add(1, Relaxed);
                if result.is_err() {
                    break;
                }
            }
            ended.store(true, Relaxed);
            let accessed = accesses.join().map_err(|_| "a thread panicked")?;
            result.and(accessed).map_err(Failure::from)
        })?;
        arena.unmap_all().map_err(text)?;
        match arena.is_empty() {
            true => Ok(()),
            false => Err("something is left".into()),
        }
    }

    /// One of the things that make mappings, or end them. It allocates nothing, as a child with
    /// other threads before the fork does it too.
    fn round(&mut self) -> Result<(), &'static str> {
        let (arena, random) = (self.arena, &mut self.random);
        match random.below(24) {
            0..=6 if self.may_map => self.map(),
            7..=9 => arena.unmap(random, MAX),
            10..=13 => arena.remap(random, MAX),
            14 => {
                let forks = [libc::MADV_DONTFORK, libc::MADV_DOFORK];
                let advice = random.pick(&forks);
                arena.advise(random, MAX, advice);
            }
            15 => arena.advise(random, MAX, libc::MADV_DONTNEED),
            16 | 17 => arena.protect(random, MAX),
            18 if self.may_fork => return self.fork(),
            19 => {
                let object = &self.objects[random.below(OBJECTS)];
                let _ = object.revoke(random.below(LEN) as u64, random.below(LEN) as u64);
            }
            20 => {
                let number = random.below(OBJECTS);
                let offset = random.below(LEN) * 4096 + 4 * (4 + random.below(8));
                let _ = self.objects[number].write_word(offset as u64, TAG + number as u32);
            }
            21 if self.may_map => self.map_without_memory(),
            _ => {
                let tag = TAG + random.below(OBJECTS) as u32;
                arena.store(random, tag);
                return access(arena, random, self.shared);
            }
        }
        Ok(())
    }

    fn map(&mut self) {
        let random = &mut self.random;
        let number = random.below(OBJECTS);
        // Some go beyond the end of the object.
        let first = random.below(LEN);
        let file = self.objects[number].as_fd().as_raw_fd();
        let counter = match self.arena.map(random, file, first, MAX) {
            Ok(()) => &self.shared.maps[number],
            Err(_) => &self.shared.failed,
        };
        counter.fetch_add(1, SeqCst);
    }

    /// Maps something when there is hardly any room.
    fn map_without_memory(&mut self) {
        let limit = |bytes| {
            let limit = libc::rlimit {
                rlim_cur: bytes,
                rlim_max: libc::RLIM_INFINITY,
            };
            // SAFETY: It is only read.
            unsafe { libc::setrlimit(libc::RLIMIT_AS, &limit) };
        };
        limit(self.random.below(1 << 27) as u64);
        self.map();
        self.map();
        limit(libc::RLIM_INFINITY);
    }

    /// A child that goes on like this for a while, or is killed.
    fn fork(&mut self) -> Result<(), &'static str> {
        let (rounds, is_killed) = (self.random.below(30), self.random.one_in(3));
        let seed = self.random.number();
        // SAFETY: The child allocates nothing, and takes no lock.
        match unsafe { fork() } {
            Ok(ForkResult::Child) => {
                end_with_parent();
                (self.random, self.may_fork) = (Random::new(seed), false);
                self.may_map = !is_killed;
                let mut status = 0;
                for _ in 0..rounds {
                    status |= i32::from(self.round().is_err());
                }
                while is_killed && status == 0 {
                    status |= i32::from(self.round().is_err());
                }
                // SAFETY: It has no pointers.
                unsafe { libc::_exit(status) }
            }
            Ok(ForkResult::Parent { child }) => {
                self.shared.forks.fetch_add(1, Relaxed);
                self.end(child, is_killed)
            }
            // So many mappings, or so little memory, that there is no child.
            Err(_) => Ok(()),
        }
    }

    fn end(&mut self, child: Pid, is_killed: bool) -> Result<(), &'static str> {
        let (may_fork, rounds) = (self.may_fork, self.random.below(20));
        self.may_fork = false;
        let mut result = Ok(());
        for _ in 0..rounds {
            result = result.and(self.round());
        }
        self.may_fork = may_fork;
        if is_killed {
            let _ = kill(child, Signal::SIGKILL);
        }
        match waitpid(child, None) {
            Ok(WaitStatus::Exited(_, 0)) if !is_killed => result,
            Ok(WaitStatus::Signaled(..)) if is_killed => result,
            _ => Err("a child ended otherwise"),
        }
    }
}

/// Reads a word, which is one that somebody wrote here, or 0.
fn access(arena: Arena, random: &mut Random, shared: &Shared) -> Result<(), &'static str> {
    shared.loads.fetch_add(1, Relaxed);
    match arena.load(random) {
        Ok(0) => Ok(()),
        Ok(value) if value.wrapping_sub(TAG) < OBJECTS as u32 => Ok(()),
        Ok(_) => Err("a word that nobody wrote"),
        Err(_) => {
            shared.signals.fetch_add(1, Relaxed);
            Ok(())
        }
    }
}
