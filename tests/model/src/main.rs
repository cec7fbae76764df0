// SPDX-License-Identifier: GPL-2.0-only

//! Explores the properties, then every mutant until a property kills it.

use mmguard_model::mutant::{self, Entry, Fate};
use mmguard_model::observer;
use mmguard_model::property::{all, explore, Part, Property, EXECUTIONS};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const USAGE: &str = "\
Usage: mmguard-model [--quick] [--properties [NAME] | --write-classes | --mutant NAME | --list]

Explores the models and their mutants. --quick bounds the preemptions further.
--properties leaves the mutants out, and takes the properties that have NAME in
theirs. --write-classes writes what an observer sees into classes.list, which it is
compared with otherwise. --mutant takes one mutant, --list names them.
";

struct Progress {
    at: Arc<Mutex<String>>,
    done: Arc<AtomicBool>,
}

impl Progress {
    /// Says every 10 s on stderr what is explored.
    fn start() -> Self {
        let progress = Self {
            at: Arc::default(),
            done: Arc::default(),
        };
        let (at, done) = (progress.at.clone(), progress.done.clone());
        let begin = Instant::now();
        std::thread::spawn(move || loop {
            std::thread::sleep(Duration::from_secs(10));
            if done.load(Relaxed) {
                return;
            }
            let at = at.lock().expect("not poisoned").clone();
            let (seconds, executions) = (begin.elapsed().as_secs(), EXECUTIONS.load(Relaxed));
            eprintln!("model: {seconds} s, {executions} executions: {at}");
        });
        progress
    }

    fn at(&self, what: String) {
        *self.at.lock().expect("not poisoned") = what;
    }
}

/// In the quick run no mutant is tried on a property that takes more executions.
const QUICK_MUTANT: u64 = 20_000;

/// Explores all properties as they are; false if one does not hold. Gives those that
/// the mutants are tried on, the cheapest first.
fn properties(only: &str, quick: bool, progress: &Progress) -> (bool, Vec<&'static Property>) {
    mutant::set(None);
    let mut good = true;
    let mut costs = Vec::new();
    for property in all().filter(|property| property.name.contains(only)) {
        let rules = property.rules.join(", ");
        progress.at(format!("{rules}: {}", property.name));
        let begin = Instant::now();
        match explore(property, quick, true) {
            Ok(executions) => {
                costs.push((executions, property));
                println!(
                    "holds: {rules}: {} ({executions} executions, {:.1} s)",
                    property.name,
                    begin.elapsed().as_secs_f64()
                );
            }
            Err(why) => {
                good = false;
                println!("FAILS: {rules}: {}: {why}", property.name);
            }
        }
    }
    if only.is_empty() {
        let looks = costs
            .iter()
            .filter(|(_, property)| property.part == Part::Observer);
        let executions: u64 = looks.map(|(executions, _)| executions).sum();
        const WHAT: &str = "LC-3, LC-6: an observer sees the classes of classes.list, and no other";
        match observer::compare() {
            Ok(reached) => println!("holds: {WHAT} ({executions} executions, {reached})"),
            Err(why) => {
                good = false;
                println!("FAILS: {WHAT}: {why}");
            }
        }
    }
    costs.sort_by_key(|(executions, _)| *executions);
    costs.retain(|(executions, _)| !quick || *executions <= QUICK_MUTANT);
    (
        good,
        costs.into_iter().map(|(_, property)| property).collect(),
    )
}

/// The property that kills the mutant, and how.
fn killer(
    entry: &Entry,
    properties: &[&Property],
    quick: bool,
    progress: &Progress,
) -> Option<String> {
    mutant::set(Some(entry.mutant));
    let of_part: Vec<_> = properties
        .iter()
        .filter(|property| property.part == entry.part)
        .collect();
    // What breaks at the quick bounds does so at the full ones.
    let bounds: &[bool] = if quick { &[true] } else { &[true, false] };
    let tries = bounds
        .iter()
        .flat_map(|quick| of_part.iter().map(move |property| (*quick, property)));
    let mut killed = None;
    for (quick, property) in tries {
        progress.at(format!("mutant {}: {}", entry.name, property.name));
        if let Err(why) = explore(property, quick, false) {
            killed = Some(format!("\"{}\": {why}", property.name));
            break;
        }
    }
    mutant::set(None);
    killed
}

/// What came of a mutant: killed, explained, or neither, which is a failure.
fn run(entry: &Entry, properties: &[&Property], quick: bool, progress: &Progress) -> (bool, bool) {
    let Entry {
        name, place, what, ..
    } = entry;
    match (killer(entry, properties, quick, progress), &entry.fate) {
        (Some(by), Fate::Killed) => {
            println!("killed: {name}: {place}: {what}\n\tby {by}");
            (true, false)
        }
        (None, Fate::Explained(why)) => {
            println!("explained: {name}: {place}: {what}\n\tsurvives: {why}");
            (false, true)
        }
        (Some(by), Fate::Explained(_)) => {
            println!("WRONG: {name} is said to survive, and is killed\n\tby {by}");
            (true, false)
        }
        (None, Fate::Killed) => {
            println!("SURVIVES: {name}: {place}: {what}");
            (false, false)
        }
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (quick, rest) = match args.as_slice() {
        ["--quick", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let begin = Instant::now();
    let progress = Progress::start();
    let mut good = true;
    let (mut mutants, mut killed, mut explained) = (0, 0, 0);
    let chosen = match rest {
        [] => None,
        ["--properties"] | ["--properties", _] => Some("no mutant"),
        ["--mutant", name] => Some(*name),
        ["--write-classes"] => {
            let (hold, _) = properties("an observer sees", quick, &progress);
            return match observer::write() {
                Ok(()) if hold => ExitCode::SUCCESS,
                result => {
                    eprintln!("nothing to rely on was written: {result:?}");
                    ExitCode::FAILURE
                }
            };
        }
        ["--list"] => {
            for entry in mutant::ALL {
                println!("{}: {}: {}", entry.name, entry.place, entry.what);
            }
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    let mut order: Vec<&Property> = all().collect();
    if !matches!(rest, ["--mutant", _]) {
        let hold;
        let only = if let ["--properties", name] = rest {
            name
        } else {
            ""
        };
        (hold, order) = properties(only, quick, &progress);
        good &= hold;
    }
    for entry in mutant::ALL {
        if chosen.is_some_and(|name| name != entry.name) {
            continue;
        }
        let (is_killed, is_explained) = run(entry, &order, quick, &progress);
        mutants += 1;
        killed += u32::from(is_killed);
        explained += u32::from(is_explained);
        good &= is_killed == matches!(entry.fate, Fate::Killed) && (is_killed || is_explained);
    }
    if mutants == 0 && matches!(rest, ["--mutant", _]) {
        eprintln!("no such mutant");
        return ExitCode::from(2);
    }
    progress.done.store(true, Relaxed);
    let seconds = begin.elapsed().as_secs();
    println!(
        "model: {} executions explored, {} properties, {mutants} mutants, {killed} killed, \
         {explained} explained; {}:{:02} min",
        EXECUTIONS.load(Relaxed),
        all().count(),
        seconds / 60,
        seconds % 60
    );
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
