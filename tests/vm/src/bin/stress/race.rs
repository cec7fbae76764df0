// SPDX-License-Identifier: GPL-2.0-only

//! Pages that are accessed while they are taken back.
//!
//! # What holds
//!
//! One task takes a page back, again and again, while others access it, each in a mapping of its
//! own. All that they know of each other is in memory that they share.
//!
//! 1. *Revoked* is, for each page, a number `n` that grows. The one task writes it there after a
//!    `REVOKE` has returned. Then it has the kernel write `n` to the page, and begins anew. So what
//!    was written before that `REVOKE` is less than `n`, and is not 0. Who reads the number `n`,
//!    and then the page, sees 0, which a page has that was not written yet, or at least `n`. If it
//!    sees less, a page stayed mapped that was taken back before the access began.
//!
//!    Of page frames, which are cleared and not freed, this says that they are cleared before
//!    `REVOKE` returns. To see that one stays mapped takes the second invariant.
//! 2. *Suspended* is a number that is odd from when `SUSPEND` has returned until `RESUME` is
//!    called. An access in front of which, and after which, the number is the same odd one, gets
//!    `SIGBUS`.
//!
//! A fault that is on its way breaks neither, as it maps under the lock under which the page is
//! taken back. If it gave up the lock before, it would map the old page after `REVOKE` has
//! returned, and the page would stay there until the next time.

use crate::Workers;
use mmguard_vm::{
    access,
    pool::{Kind, Map, Object, MIXED, PAGES, PFNS},
    tap::{note, Failure},
    PAGE,
};
use nix::{libc, sys::signal::Signal};
use std::{
    sync::atomic::{
        AtomicU32, AtomicU64,
        Ordering::{Acquire, Relaxed, Release, SeqCst},
    },
    thread,
    time::Instant,
};

/// How many processes access the pages.
const PROCESSES: usize = 2;
/// How long the object is, in pages. `REVOKE` is for one of them at a time.
const LEN: usize = 8;

/// What the processes share.
#[repr(C)]
#[derive(Default)]
struct Shared {
    /// How often each page was taken back.
    revoked: [AtomicU32; LEN],
    /// Odd while accesses get a signal.
    suspended: AtomicU32,
    ended: AtomicU32,
    /// How often the pages were accessed, and got what.
    accesses: AtomicU64,
    zeroes: AtomicU64,
    signals: AtomicU64,
    wrong: AtomicU64,
}

pub fn run(rounds: u64, only: Option<u64>) -> Result<(), Failure> {
    let kinds: Vec<_> = [PAGES, PFNS, MIXED]
        .into_iter()
        .filter(|kind| only.is_none_or(|only| u64::from(kind.kind) == only))
        .collect();
    let times = 2 * kinds.len() as u64;
    if times == 0 {
        return Err("there is no such kind".into());
    }
    let each = rounds.div_ceil(times) as u32;
    note(format_args!("race: {each} rounds, {times} times"));
    for kind in kinds {
        for (what, take) in [("revoke", revoke as Take), ("suspend", suspend)] {
            let begin = Instant::now();
            let memory = Map::anon(1, libc::MAP_SHARED).map_err(|err| err.to_string())?;
            // SAFETY: The page is zeroed, aligned, and large enough, and nothing else is in it.
            let shared = unsafe { &*(memory.addr as *const Shared) };
            let result = race(kind, shared, each, take);
            let (accesses, zeroes) = (shared.accesses.load(SeqCst), shared.zeroes.load(SeqCst));
            note(format_args!(
                "race: {}, {what}: {each} rounds in {:.1} s, {accesses} accesses, {zeroes} zeroes, \
                 {} signals",
                kind.name,
                begin.elapsed().as_secs_f64(),
                shared.signals.load(SeqCst),
            ));
            result?;
            if accesses == 0 || zeroes == 0 {
                return Err("nobody has raced".into());
            }
        }
    }
    Ok(())
}

type Take = fn(&Object, &Map, &Shared, u32) -> Result<(), Failure>;

fn race(kind: Kind, shared: &Shared, rounds: u32, take: Take) -> Result<(), Failure> {
    let object = Object::new(kind, 0, LEN).map_err(|err| err.to_string())?;
    let workers = Workers::start(PROCESSES, |_| access_all(&object, shared))?;
    let mapping = object.map().map_err(|err| err.to_string())?;
    let begin = Instant::now();
    let mut told = 0;
    let mut result = Ok(());
    for round in 1..=rounds {
        result = take(&object, &mapping, shared, round);
        if shared.wrong.load(Relaxed) > 0 && result.is_ok() {
            result = Err(format!("in round {round}, after {:?}", begin.elapsed()));
        }
        if result.is_err() {
            break;
        }
        if begin.elapsed() >= crate::TELL * (told + 1) {
            told += 1;
            note(format_args!("race: {}, {round}/{rounds}", kind.name));
        }
    }
    shared.ended.store(1, SeqCst);
    let ended = workers.end(|| "race: they end".into());
    result.and(ended)
}

/// The first invariant.
fn revoke(object: &Object, mapping: &Map, shared: &Shared, n: u32) -> Result<(), Failure> {
    let page = n as usize % LEN;
    let revoked = object.revoke(page as u64, 1);
    shared.revoked[page].store(n, Release);
    revoked.map_err(|err| format!("revoke: {err}"))?;
    // A page that is made when it is accessed.
    let _ = mapping.load(page);
    let word = object.write_word((page * PAGE) as u64, n);
    word.map_err(|err| format!("a word: {err}"))
}

/// The second invariant.
fn suspend(object: &Object, mapping: &Map, shared: &Shared, n: u32) -> Result<(), Failure> {
    object.suspend().map_err(|err| format!("suspend: {err}"))?;
    shared.suspended.store(2 * n - 1, SeqCst);
    // It lasts a little longer for those that are late.
    if mapping.load(n as usize % LEN) != Err(Signal::SIGBUS) {
        return Err("it was accessed when suspended".into());
    }
    thread::yield_now();
    shared.suspended.store(2 * n, SeqCst);
    object.resume().map_err(|err| format!("resume: {err}"))
}

/// Accesses the pages until it is told that it is enough.
fn access_all(object: &Object, shared: &Shared) -> Result<(), Failure> {
    let mapping = object.map().map_err(|err| err.to_string())?;
    let (mut accesses, mut zeroes, mut signals) = (0, 0, 0);
    let mut result = Ok(());
    while result.is_ok() && shared.ended.load(Relaxed) == 0 {
        for page in 0..LEN {
            let suspended = shared.suspended.load(SeqCst);
            let revoked = shared.revoked[page].load(Acquire);
            let seen = access::load(mapping.at(page));
            let still = suspended % 2 == 1 && shared.suspended.load(SeqCst) == suspended;
            accesses += 1;
            match seen {
                Err(Signal::SIGBUS) => signals += 1,
                Err(signal) => result = Err(format!("page {page}: {signal}")),
                Ok(value) if still => {
                    result = Err(format!(
                        "suspended {suspended}, and page {page} has {value}"
                    ));
                }
                Ok(0) => zeroes += 1,
                Ok(value) if value < revoked => {
                    result = Err(format!("page {page}, revoked {revoked}, has {value}"));
                }
                Ok(_) => {}
            }
        }
        // The one that takes them back is to have its turn.
        thread::yield_now();
    }
    shared.accesses.fetch_add(accesses, SeqCst);
    shared.zeroes.fetch_add(zeroes, SeqCst);
    shared.signals.fetch_add(signals, SeqCst);
    shared.wrong.fetch_add(u64::from(result.is_err()), SeqCst);
    result
}
