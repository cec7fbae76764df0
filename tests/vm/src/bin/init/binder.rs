// SPDX-License-Identifier: GPL-2.0-only

//! Rust Binder, which maps its buffers into those who receive: what they get, and what becomes of
//! the buffers when memory is short, when something else is mapped there, and when they die.
//!
//! A receiver is a child that is the context manager of a device of its own, and answers each
//! transaction with the data that it read in its mapping.

use crate::{
    mmpool::{eventually, is},
    task::{Task, LONG},
};
use mmguard_vm::{
    access,
    binder::{add, map, Answer, Binder, FOLDER, LEN, PAGES},
    pool::present,
    random::Random,
    tap::{note, text, Failure, Tap},
    PAGE,
};
use nix::{
    errno::Errno,
    libc,
    mount::{mount, umount, MsFlags},
    sys::{
        memfd::{memfd_create, MFdFlags},
        signal::{kill, Signal},
    },
    unistd::{getpid, pipe},
};
use std::{
    ffi::CString,
    fs::{self, File},
    io::{Read, Write},
    mem,
    os::unix::fs::FileExt,
    thread,
    time::{Duration, Instant},
};

/// Where a receiver has its mapping, and where it moves it to.
const AT: usize = 0x10_0000_0000;
const AWAY: usize = AT + 4 * LEN;

/// What a receiver does, which is the code of a transaction. It answers with the data to the first
/// two, and with nothing to the others.
const ECHO: u32 = 0;
/// It does not free the buffer before the next transaction.
const HOLD: u32 = 1;
/// It maps other memory at `AT`, with the pattern: anonymous memory, or that of a file, read-only.
const ANON: u32 = 2;
const FILE: u32 = 3;
/// It moves the mapping away, and back.
const MOVE: u32 = 4;
const BACK: u32 = 5;
/// It unmaps a half of the mapping.
const FIRST: u32 = 6;
const LAST: u32 = 7;
const MIDDLE: u32 = 8;
/// It kills itself, and answers nothing.
const DIE: u32 = 9;

pub fn tests(tap: &mut Tap) {
    tap.test("binderfs is mounted", || {
        fs::create_dir_all(FOLDER).map_err(text)?;
        let (kind, data) = (Some("binder"), Some("stats=global"));
        mount(kind, FOLDER, kind, MsFlags::empty(), data).map_err(text)?;
        Ok("")
    });
    tap.test("a thousand transactions of any size arrive as sent", arrive);
    tap.test(
        "the shrinker takes the pages of buffers that are free",
        shrink,
    );
    tap.test("an impostor of anonymous memory is left alone", || {
        impostor(ANON)
    });
    tap.test("an impostor of a read-only file is left alone", || {
        impostor(FILE)
    });
    tap.test("a mapping that was moved away gets nothing", moved);
    for (what, part, left) in [
        ("first", FIRST, 0),
        ("last", LAST, LEN / 2),
        ("middle", MIDDLE, LEN / 4),
    ] {
        let name = format!("a mapping without its {what} half gets what fits before");
        tap.test(&name, || halved(part, left));
    }
    tap.test("a sender outlives receivers that are killed", killed);
    tap.test("400 processes map, transact and exit", many);
    tap.test(
        "no process has a mapping in the end, and binderfs goes",
        || {
            let state = || fs::read_to_string(format!("{FOLDER}/binder_logs/state")).map_err(text);
            let gone = eventually("the driver knows no process", || {
                Ok(!state()?.contains("proc "))
            });
            gone.map_err(|err| format!("{err}\n{}", state().unwrap_or_default()))?;
            umount(FOLDER).map_err(text)?;
            Ok("")
        },
    );
}

/// Fails if something is not so.
fn so(what: &str, is_so: bool) -> Result<(), Failure> {
    is_so.then_some(()).ok_or_else(|| format!("not so: {what}"))
}

/// A child that answers, and what this process has to talk to it.
struct Receiver {
    task: Task,
    binder: Binder,
    path: CString,
    random: Random,
    pattern: Vec<u8>,
    file: File,
}

impl Receiver {
    fn new(name: &str) -> Result<Self, Failure> {
        let path = add(name)?;
        let mut random = Random::new(name.len() as u64);
        let pattern = bytes(&mut random, LEN);
        let mut file = File::from(memfd_create(c"impostor", MFdFlags::empty()).map_err(text)?);
        file.write_all(&pattern).map_err(text)?;
        let mut read = vec![0; LEN];
        let (ready, tell) = pipe().map_err(text)?;
        let task = Task::spawn(|| {
            let binder = Binder::open(&path, Some(AT))?;
            binder.be_manager()?;
            nix::unistd::write(&tell, &[1])?;
            serve(&binder, &mut read, &pattern, &file)
        })?;
        drop(tell);
        let told = File::from(ready).read(&mut [0]).map_err(text)?;
        so("the receiver is the context manager", told == 1)?;
        let binder = Binder::open(&path, None).map_err(text)?;
        Ok(Self {
            task,
            binder,
            path,
            random,
            pattern,
            file,
        })
    }

    fn answer(&mut self, code: u32, data: &[u8]) -> Result<Answer<'_>, Failure> {
        self.binder
            .transact(code, data)
            .map_err(|err| format!("the sender: {err}"))
    }

    /// Has it do something.
    fn tell(&mut self, code: u32) -> Result<(), Failure> {
        let answer = self.answer(code, &[])?;
        so(
            &format!("it did {code}: {answer:?}"),
            answer == Answer::Reply(&[]),
        )
    }

    /// Sends so many bytes, which must arrive.
    fn arrives(&mut self, code: u32, len: usize) -> Result<Vec<u8>, Failure> {
        let sent = bytes(&mut self.random, len);
        match self.answer(code, &sent)? {
            Answer::Reply(data) => so(&format!("all of {len} bytes arrive"), data == sent)?,
            answer => return Err(format!("{len} bytes: {answer:?}")),
        }
        Ok(sent)
    }

    /// Sends so many bytes, which nobody must get.
    fn refused(&mut self, len: usize) -> Result<(), Failure> {
        let sent = bytes(&mut self.random, len);
        let answer = self.answer(ECHO, &sent)?;
        so(&format!("{len} bytes are refused"), answer.refused())
    }

    /// Sends what has room in pages that the driver had at hand when they were unmapped. That may
    /// succeed for the sender, but the receiver gets nothing.
    fn unseen(&mut self, len: usize) -> Result<String, Failure> {
        let sent = bytes(&mut self.random, len);
        match self.answer(ECHO, &sent)? {
            Answer::Reply(data) if data == sent => Err("it got the data".into()),
            Answer::Reply(_) => Ok("the receiver reads something else".into()),
            answer => Ok(format!("{answer:?}")),
        }
    }

    /// How many pages it has at an address.
    fn present(&self, addr: usize) -> Result<usize, Failure> {
        present(&self.task.pid.to_string(), addr, PAGES).map_err(text)
    }

    /// Fails if the receiver does not have these bytes at `AT`.
    fn has(&self, expected: &[u8]) -> Result<(), Failure> {
        let mut bytes = vec![0; expected.len()];
        let mem = File::open(format!("/proc/{}/mem", self.task.pid)).map_err(text)?;
        mem.read_exact_at(&mut bytes, AT as u64).map_err(text)?;
        so("the receiver's memory is as it was", bytes == expected)
    }

    /// Fails if the impostor is not as it was.
    fn pattern_stays(&self) -> Result<(), Failure> {
        let mut bytes = vec![0; LEN];
        self.file.read_exact_at(&mut bytes, 0).map_err(text)?;
        so("the file is as it was", bytes == self.pattern)?;
        self.has(&self.pattern)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        match self.task.is_alive() {
            Ok(_) => drop((self.task.kill(), self.task.end())),
            Err(why) if why.contains("Exited") => note(why),
            Err(_) => {}
        }
        let _ = fs::remove_file(self.path.to_str().expect("it is of letters"));
    }
}

fn bytes(random: &mut Random, len: usize) -> Vec<u8> {
    (0..len.div_ceil(8))
        .flat_map(|_| random.number().to_ne_bytes())
        .take(len)
        .collect()
}

/// What the child does: it answers until it is killed, by system calls alone.
fn serve(binder: &Binder, read: &mut [u8], pattern: &[u8], file: &File) -> Result<(), Errno> {
    access::let_fail();
    // SAFETY: It has no pointers.
    unsafe { libc::alarm(120) };
    let mut held = 0;
    let mut told = binder.receive()?;
    loop {
        let can_read = load(told.addr, &mut read[..told.len]);
        let (now, later) = match told.code {
            HOLD => (0, told.addr),
            _ => (told.addr, 0),
        };
        let free = [now, mem::replace(&mut held, later)];
        let answer = match told.code {
            ECHO | HOLD => &read[..told.len],
            code => {
                obey(code, pattern, file)?;
                &[]
            }
        };
        told = binder.reply(free, (!can_read).into(), answer)?;
    }
}

/// Copies what is in a mapping, which may not be there.
fn load(addr: usize, to: &mut [u8]) -> bool {
    to.chunks_mut(4)
        .enumerate()
        .all(|(i, bytes)| match access::load(addr + 4 * i) {
            Ok(word) => {
                bytes.copy_from_slice(&word.to_ne_bytes()[..bytes.len()]);
                true
            }
            Err(_) => false,
        })
}

fn obey(code: u32, pattern: &[u8], file: &File) -> Result<(), Errno> {
    const ANONYMOUS: i32 = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    const R: i32 = libc::PROT_READ;

    let fixed = libc::MAP_FIXED_NOREPLACE;
    let unmap = |addr: usize, len| {
        // SAFETY: Nothing else uses the mapping.
        Errno::result(unsafe { libc::munmap(addr as _, len) }).map(drop)
    };
    let move_it = |from: usize, to: usize| {
        let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
        // SAFETY: As above, and nothing else uses what it is moved over.
        match unsafe { libc::mremap(from as _, LEN, LEN, flags, to) } {
            libc::MAP_FAILED => Err(Errno::last()),
            _ => Ok(()),
        }
    };
    match code {
        ANON => {
            unmap(AT, LEN)?;
            map(AT, R | libc::PROT_WRITE, ANONYMOUS | fixed, file)?;
            // SAFETY: It was just mapped, and is as long as the pattern.
            unsafe { (AT as *mut u8).copy_from_nonoverlapping(pattern.as_ptr(), LEN) };
            Ok(())
        }
        FILE => {
            unmap(AT, LEN)?;
            map(AT, R, libc::MAP_SHARED | fixed, file).map(drop)
        }
        MOVE => move_it(AT, AWAY),
        BACK => move_it(AWAY, AT),
        FIRST => unmap(AT, LEN / 2),
        LAST => unmap(AT + LEN / 2, LEN / 2),
        MIDDLE => unmap(AT + LEN / 4, LEN / 2),
        _ => kill(getpid(), Signal::SIGKILL),
    }
}

/// Has the kernel shrink its caches, and so the driver free the pages that no buffer has.
fn drop_caches() -> Result<(), Failure> {
    fs::write("/proc/sys/vm/drop_caches", "2").map_err(text)
}

/// As `drop_caches`, until something is so.
fn drop_caches_until(
    what: &str,
    mut is_so: impl FnMut() -> Result<bool, Failure>,
) -> Result<usize, Failure> {
    let begin = Instant::now();
    for times in 0.. {
        if is_so()? {
            return Ok(times);
        }
        if begin.elapsed() > LONG {
            break;
        }
        drop_caches()?;
    }
    Err(format!("not so: {what}"))
}

fn arrive() -> Result<String, Failure> {
    let mut receiver = Receiver::new("arrive")?;
    let mut random = Random::new(1);
    let mut all = 0;
    for i in 0..1000 {
        let len = match i {
            0 => 0,
            1 => LEN,
            _ if random.one_in(2) => random.below(65),
            _ => random.below(LEN + 1),
        };
        all += receiver.arrives(ECHO, len)?.len();
    }
    receiver.refused(LEN + 1)?;
    receiver.arrives(ECHO, LEN)?;
    Ok(format!("{all} bytes there and back"))
}

fn shrink() -> Result<String, Failure> {
    let mut receiver = Receiver::new("shrink")?;
    receiver.arrives(ECHO, LEN)?;
    let before = receiver.present(AT)?;
    is("the receiver's pages", before, PAGES)?;
    let none = |receiver: &Receiver| Ok(receiver.present(AT)? == 0);
    let times = drop_caches_until("no page is left", || none(&receiver))?;
    let sent = receiver.arrives(HOLD, 5 * PAGE)?;
    for _ in 0..3 {
        drop_caches()?;
        is("the pages in use", receiver.present(AT)?, 5)?;
        receiver.has(&sent)?;
    }
    receiver.arrives(ECHO, LEN - 5 * PAGE)?;
    receiver.arrives(ECHO, LEN)?;
    drop_caches_until("no page is left again", || none(&receiver))?;
    for _ in 0..100 {
        let len = receiver.random.below(LEN + 1);
        receiver.arrives(ECHO, len)?;
        drop_caches()?;
    }
    Ok(format!("{before} pages, and 0 after {times} times"))
}

/// Two pages of the mapping are used before there is an impostor, the others are not.
fn impostor(code: u32) -> Result<String, Failure> {
    let name = if code == ANON { "anon" } else { "file" };
    let mut receiver = Receiver::new(name)?;
    receiver.arrives(ECHO, 2 * PAGE)?;
    receiver.tell(code)?;
    receiver.refused(3 * PAGE)?;
    receiver.pattern_stays()?;
    let unseen = receiver.unseen(2 * PAGE)?;
    receiver.pattern_stays()?;
    let present = receiver.present(AT)?;
    let times = drop_caches_until("a byte is refused", || {
        let answer = receiver.answer(ECHO, &[1])?;
        Ok(answer.refused())
    })?;
    receiver.pattern_stays()?;
    is("its pages", receiver.present(AT)?, present)?;
    for _ in 0..100 {
        let len = receiver.random.below(LEN + 1);
        receiver.refused(len)?;
    }
    receiver.pattern_stays()?;
    Ok(format!(
        "pages of before: {unseen}; refused after {times} times"
    ))
}

fn moved() -> Result<String, Failure> {
    let mut receiver = Receiver::new("moved")?;
    receiver.arrives(ECHO, 2 * PAGE)?;
    receiver.tell(MOVE)?;
    let untouched = |receiver: &Receiver, at| {
        is("pages of what was moved", receiver.present(AWAY)?, 2)?;
        is("pages where it was", receiver.present(AT)?, at)
    };
    untouched(&receiver, 0)?;
    receiver.refused(3 * PAGE)?;
    let unseen = receiver.unseen(PAGE)?;
    untouched(&receiver, 0)?;
    receiver.tell(ANON)?;
    receiver.refused(3 * PAGE)?;
    receiver.pattern_stays()?;
    untouched(&receiver, PAGES)?;
    receiver.tell(BACK)?;
    receiver.arrives(ECHO, LEN)?;
    Ok(format!("pages of before: {unseen}"))
}

/// `left` is what can be sent after a part was unmapped.
fn halved(part: u32, left: usize) -> Result<String, Failure> {
    let mut receiver = Receiver::new(&format!("halved{part}"))?;
    receiver.arrives(ECHO, 2 * PAGE)?;
    receiver.tell(part)?;
    for _ in 0..3 {
        receiver.refused(left.max(2 * PAGE) + 1)?;
        receiver.refused(LEN)?;
        match left {
            0 => drop(receiver.unseen(2 * PAGE)?),
            _ => drop(receiver.arrives(ECHO, left)?),
        }
        drop_caches()?;
    }
    Ok(format!("{} pages are left", receiver.present(AT)?))
}

fn killed() -> Result<String, Failure> {
    let mut receiver = Receiver::new("dies")?;
    let answer = receiver.answer(DIE, &[1; 3 * PAGE])?;
    so(
        &format!("{answer:?} of one that dies"),
        answer == Answer::Dead,
    )?;
    receiver.task.ends_by_sigkill()?;
    let mut random = Random::new(6);
    let (mut arrived, mut failed) = (0, 0);
    for i in 0..50 {
        let mut receiver = Receiver::new(&format!("killed{i}"))?;
        let (pid, after) = (receiver.task.pid, random.below(50_000) as u64);
        let killer = thread::spawn(move || {
            thread::sleep(Duration::from_micros(after));
            kill(pid, Signal::SIGKILL)
        });
        loop {
            let sent = bytes(&mut random, i * PAGE / 2);
            match receiver.answer(ECHO, &sent)? {
                Answer::Reply(data) => {
                    so("the reply is right", data == sent)?;
                    arrived += 1;
                }
                Answer::Dead => break,
                Answer::Failed => failed += 1,
                Answer::Unreadable => return Err("it could not read".into()),
            }
        }
        killer.join().expect("it sleeps").map_err(text)?;
        receiver.task.ends_by_sigkill()?;
    }
    Ok(format!(
        "50 killed after {arrived} transactions; {failed} failed then"
    ))
}

fn many() -> Result<String, Failure> {
    let receiver = Receiver::new("many")?;
    for round in 0..100 {
        let sent = bytes(&mut Random::new(round), (round as usize % 8) * PAGE + 7);
        let mut senders = Vec::new();
        for _ in 0..4 {
            senders.push(Task::spawn(|| {
                match Binder::open(&receiver.path, None)?.transact(ECHO, &sent)? {
                    Answer::Reply(data) if data == sent => Ok(()),
                    _ => Err(Errno::EBADMSG),
                }
            })?);
        }
        for sender in &mut senders {
            sender.ends_well()?;
        }
    }
    Ok("100 rounds of 4".into())
}
