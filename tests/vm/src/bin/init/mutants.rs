// SPDX-License-Identifier: GPL-2.0-only

//! Mutants of the crate that are all in one module, and one of them on at a time.
//!
//! `mmguard.mutants=` has their numbers. Each is asked by the suite of `mmguard.suite=`, and then,
//! if no test of it has failed, by all of them. See `scripts/mutants`.

use crate::{
    load::{unload, Log},
    open_module, option,
    task::Task,
};
use mmguard_vm::tap::{text, Failure, Tap};
use nix::kmod::{finit_module, ModuleInitFlags};
use std::{
    ffi::CString,
    fs, thread,
    time::{Duration, Instant},
};

/// After this time without a line in the log, the tests hang.
const SILENCE: Duration = Duration::from_secs(180);

/// What the kernel or a test says when there may be something left of it.
const COMPLAINTS: [&str; 3] = ["Call Trace:", "a test thread hangs", "try timed out"];

/// All suites.
const ALL: &str = "mmguard_*";

/// What the tests said of a mutant.
enum Verdict {
    Survives,
    Killed(String),
    /// What runs next would suffer as well.
    Broken(String),
}

pub fn tests(tap: &mut Tap, cmdline: &str) {
    let mut suites = vec![option(cmdline, "mmguard.suite").unwrap_or(ALL), ALL];
    suites.dedup();
    for number in option(cmdline, "mmguard.mutants")
        .unwrap_or_default()
        .split(',')
    {
        let mut broken = false;
        let passed = tap.test(&format!("mutant {number}"), || {
            for suite in &suites {
                match ask(number, suite)? {
                    Verdict::Survives => (),
                    Verdict::Killed(by) => return Ok(format!("killed by {by}")),
                    Verdict::Broken(by) => {
                        broken = true;
                        return Ok(format!("killed by {by}"));
                    }
                }
            }
            Ok("SURVIVED".into())
        });
        if broken || !passed {
            return;
        }
    }
}

/// Runs suites with a mutant.
fn ask(number: &str, suites: &str) -> Result<Verdict, Failure> {
    fs::write("/sys/module/kunit/parameters/filter_glob", suites).map_err(text)?;
    let file = open_module("mmguard_kunit")?;
    let parameters = CString::new(format!("mutant={number}")).map_err(text)?;
    let mut log = Log::open().map_err(text)?;
    let mut task = Task::spawn(|| finit_module(&file, &parameters, ModuleInitFlags::empty()))?;
    let mut suite = String::new();
    let (mut ran, mut reached, mut killed) = (0, false, None);
    let mut last = Instant::now();
    loop {
        let ended = task.is_alive().is_err();
        while let Some((_, line)) = log.next() {
            last = Instant::now();
            if COMPLAINTS.iter().any(|complaint| line.contains(complaint)) {
                return Ok(Verdict::Broken(format!("the kernel, in {suite}")));
            }
            // See `switch.rs`.
            reached |= line.contains("mutant: the error came");
            let words: Vec<_> = line.split_whitespace().collect();
            let (passed, test) = match words[..] {
                ["#", "Subtest:", name] => {
                    suite = name.into();
                    continue;
                }
                // Those of suites are not indented.
                ["ok", _, test, ..] if line.starts_with(' ') => (true, test),
                ["not", "ok", _, test, ..] if line.starts_with(' ') => (false, test),
                _ => continue,
            };
            ran += 1;
            if reached || !passed {
                killed.get_or_insert_with(|| format!("{suite}.{test}"));
            }
        }
        if ended {
            break;
        }
        if last.elapsed() > SILENCE {
            return Ok(Verdict::Broken(format!("a hang, in {suite}")));
        }
        thread::sleep(Duration::from_millis(10));
    }
    // What was leaked may keep it.
    if unload("mmguard_kunit").is_err() {
        let by = killed.unwrap_or_else(|| "what stays of the module".into());
        return Ok(Verdict::Broken(by));
    }
    match killed {
        Some(by) => Ok(Verdict::Killed(by)),
        None if ran == 0 => Err(format!("no test of {suites} ran")),
        None => Ok(Verdict::Survives),
    }
}
