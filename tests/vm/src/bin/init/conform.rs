// SPDX-License-Identifier: GPL-2.0-only

//! The states of VMA locks under load, seen without a lock by `tests/contend`, against those that
//! the model in `tests/model` can reach.

use crate::{
    class::{name, CLASSES},
    contend::{
        map,
        uapi::{self, Conform, Look, Request, IOCTL_TYPE},
        Device, HOLD_READ, WRITE_KILLABLE,
    },
    load_test,
    subject::Subject,
    task::Task,
    times,
};
use mmguard_vm::{
    tap::{Failure, Progress, Tap},
    PAGE,
};
use nix::{errno::Errno, libc, request_code_readwrite};
use std::{
    fmt, fs,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    thread,
};

const CONFORM: u64 = request_code_readwrite!(IOCTL_TYPE, uapi::CONFORM, size_of::<Conform>());

/// What the model writes.
const CLASSES_LIST: &str = include_str!("../../../../model/classes.list");

/// How many looks there are, at least.
const LOOKS: u64 = 500_000;
/// No more tasks than this run in the VM, and so no more readers.
const TASKS: u32 = 24;

pub fn tests(tap: &mut Tap) {
    load_test(tap, "mmguard_contend", c"");
    let mut scene = None;
    tap.test(
        "a process changes its VMAs, and others read and write-lock them",
        || {
            scene = Some(Scene::new()?);
            Ok("")
        },
    );
    let Some(mut scene) = scene else { return };
    let mut seen = Histogram::new();
    tap.test(
        "the kernel shows no state that the model cannot reach",
        || {
            scene.look(&mut seen)?;
            seen.only_reached()
        },
    );
    tap.test("each common state was seen", || seen.all_common());
    tap.test("all were busy all the time", || scene.end());
}

/// A class of states.
struct Class {
    name: String,
    /// How often it was seen.
    count: u64,
    /// What the model says of it: "common", "rare", and why; or nothing.
    reached: Option<(&'static str, &'static str)>,
}

/// What was seen.
struct Histogram {
    looks: u64,
    no_vma: u64,
    classes: Vec<Class>,
    /// How many looks are of no class, or of one that the model does not reach; and the first ones.
    wrong: u64,
    first_wrong: String,
}

impl Histogram {
    fn new() -> Self {
        let lines = CLASSES_LIST.lines().filter(|line| !line.starts_with('#'));
        let lines: Vec<_> = lines.filter_map(|line| line.split_once(": ")).collect();
        let class = |class| {
            let name = name(class);
            let reached = lines.iter().find_map(|(kind, rest)| {
                let (reached, why) = rest.split_once(": ").unwrap_or((rest, ""));
                (reached == name).then_some((*kind, why))
            });
            Class {
                name,
                count: 0,
                reached,
            }
        };
        Self {
            looks: 0,
            no_vma: 0,
            classes: (0..CLASSES).map(class).collect(),
            wrong: 0,
            first_wrong: String::new(),
        }
    }

    fn add(&mut self, look: &Look) {
        self.looks += 1;
        let Some(classes) = look.classes(TASKS) else {
            self.add_wrong(format_args!("no state at all: {look:x?}"));
            return;
        };
        for class in classes {
            let class = &mut self.classes[class];
            class.count += 1;
            if class.reached.is_none() {
                let name = class.name.clone();
                self.add_wrong(format_args!("{name}: {look:x?}"));
            }
        }
    }

    fn add_wrong(&mut self, what: fmt::Arguments<'_>) {
        self.wrong += 1;
        if self.wrong <= 10 {
            self.first_wrong += &format!("WRONG: {what}\n");
        }
    }

    fn only_reached(&self) -> Result<String, Failure> {
        let mut text = format!("{} looks, {} times no VMA\n", self.looks, self.no_vma);
        for class in self.classes.iter().filter(|class| class.count > 0) {
            text += &format!("{:9} {}\n", class.count, class.name);
        }
        match self.wrong {
            0 => Ok(text),
            wrong => Err(format!("{text}{}{wrong} wrong", self.first_wrong)),
        }
    }

    fn all_common(&self) -> Result<String, Failure> {
        let (mut missing, mut text) = (0, String::new());
        for Class { name, reached, .. } in self.classes.iter().filter(|class| class.count == 0) {
            match reached {
                Some(("common", _)) => {
                    missing += 1;
                    text += &format!("not seen: {name}\n");
                }
                Some((_, why)) => text += &format!("not seen, rare: {name}: {why}\n"),
                None => {}
            }
        }
        match missing {
            0 => Ok(text),
            _ => Err(text),
        }
    }
}

/// A busy process, and those that have to do with its VMAs.
struct Scene {
    device: Device,
    windows: Windows,
    // Dropped first, as the process cannot end while they have its locks. The one that makes the
    // others release theirs is the last.
    tasks: [Task; 3],
    subject: Subject,
    counts: &'static Counts,
}

/// What the tasks did, in memory that is shared with them.
struct Counts {
    held: AtomicU64,
    killed: AtomicU64,
}

#[derive(Clone, Copy)]
struct Windows {
    first: u64,
    step: u64,
    count: u32,
    pid: i32,
}

impl Scene {
    fn new() -> Result<Self, Failure> {
        let subject = Subject::spawn(&["busy"])?;
        let mut said = subject
            .said
            .split(' ')
            .map(|word| u64::from_str_radix(word, 16));
        let mut word = || said.next().and_then(Result::ok).ok_or("it says nothing");
        let windows = Windows {
            first: word()?,
            step: word()?,
            count: word()? as u32,
            pid: subject.pid(),
        };
        let device = Device::open()?;
        let counts = map(PAGE, libc::MAP_SHARED)? as *const Counts;
        // SAFETY: It is never unmapped, and zeroes are valid.
        let counts = unsafe { &*counts };
        // The window that is there all the time.
        let addr = windows.first + u64::from(windows.count - 1) * windows.step;
        let request = |record| Request {
            addr,
            pid: windows.pid,
            record,
            hold: 1,
            ..Request::default()
        };
        let tasks = [
            Task::spawn(|| kill_writers(&device, &request(1), counts))?,
            Task::spawn(|| hold(&device, &request(0), counts))?,
            Task::spawn(|| release(&device))?,
        ];
        Ok(Self {
            device,
            windows,
            tasks,
            subject,
            counts,
        })
    }

    /// Looks at all windows by turns, while `/proc` is read too.
    fn look(&mut self, seen: &mut Histogram) -> Result<(), Failure> {
        let done = AtomicBool::new(false);
        let maps = format!("/proc/{}/maps", self.windows.pid);
        thread::scope(|scope| {
            let reader = scope.spawn(|| {
                while !done.load(Relaxed) {
                    fs::read(&maps).expect("the process lives");
                }
            });
            // This thread has a processor to itself, nearly, and all the others have the rest.
            // SAFETY: It has no pointers.
            unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, -15) };
            let result = self.look_until(seen, LOOKS * times());
            // SAFETY: As above.
            unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, 0) };
            done.store(true, Relaxed);
            reader.join().map_err(|_| "nobody reads /proc")?;
            result
        })
    }

    fn look_until(&self, seen: &mut Histogram, looks: u64) -> Result<(), Failure> {
        let mut progress = Progress::new("looks", looks);
        let mut buf = vec![Look::default(); Conform::MAX_LOOKS as usize];
        while seen.looks < looks {
            let mut request = Conform {
                addr: self.windows.first,
                step: self.windows.step,
                places: self.windows.count,
                pid: self.windows.pid,
                buf: buf.as_mut_ptr() as u64,
                looks: Conform::MAX_LOOKS,
                no_vma: 0,
            };
            // SAFETY: The ioctl reads and writes a `Conform`, and as many looks as the buffer has.
            unsafe { self.device.ioctl(CONFORM, &raw mut request as usize) }
                .map_err(|err| format!("look: {err}"))?;
            seen.no_vma += u64::from(request.no_vma);
            buf.iter().for_each(|look| seen.add(look));
            progress.at(seen.looks);
        }
        Ok(())
    }

    fn end(&mut self) -> Result<String, Failure> {
        for task in &mut self.tasks {
            task.is_alive()?;
        }
        let counts = self.counts;
        let (held, killed) = (counts.held.load(Relaxed), counts.killed.load(Relaxed));
        let text = format!("{held} times read-locked for some time, {killed} writers killed");
        match self.subject.is_alive() && held >= 10 && killed >= 10 {
            true => Ok(text),
            false => Err(text),
        }
    }
}

/// Holds the read lock until it is released, with pauses.
fn hold(device: &Device, request: &Request, counts: &Counts) -> Result<(), Errno> {
    loop {
        if device.run(HOLD_READ, request).is_ok() {
            counts.held.fetch_add(1, Relaxed);
        }
        pause(2000);
    }
}

fn release(device: &Device) -> Result<(), Errno> {
    loop {
        for record in [0, 1] {
            device.release(record).map_err(|_| Errno::EIO)?;
        }
        pause(1000);
    }
}

/// Has children write-lock the VMA, and kills them, sooner or later.
fn kill_writers(device: &Device, request: &Request, counts: &Counts) -> Result<(), Errno> {
    for round in 0.. {
        // SAFETY: The child makes system calls, and ends. It does not outlive this task for long.
        match unsafe { libc::fork() } {
            0 => {
                // SAFETY: It has no pointers.
                unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
                let _ = device.run(WRITE_KILLABLE, request);
                // SAFETY: It has no pointers.
                unsafe { libc::_exit(0) }
            }
            -1 => return Err(Errno::last()),
            child => {
                pause(round % 10 * 300);
                let mut status = 0;
                // SAFETY: The child is not reaped yet, and the pointer is valid.
                unsafe {
                    libc::kill(child, libc::SIGKILL);
                    libc::waitpid(child, &raw mut status, 0);
                }
                if libc::WIFSIGNALED(status) {
                    counts.killed.fetch_add(1, Relaxed);
                }
            }
        }
    }
    Ok(())
}

/// Sleeps for so many microseconds.
fn pause(micros: u32) {
    // SAFETY: It has no pointers.
    unsafe { libc::usleep(micros) };
}
