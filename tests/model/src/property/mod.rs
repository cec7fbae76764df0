// SPDX-License-Identifier: GPL-2.0-only

//! The properties. Each is a small scenario, explored in every interleaving of its
//! threads that the bound allows, and every value that a load may return.

use crate::seen;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

mod exclusion;
mod fault;
mod lifetime;
mod observer;
mod semaphore;
mod speculate;
mod table;
mod walk;

/// Which model a property and a mutant belong to.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Part {
    VmaLock,
    Tables,
    /// No mutant is tried on these: they only look.
    Observer,
}

pub struct Property {
    /// The rules that it proves, first of its name.
    pub rules: &'static [&'static str],
    pub name: &'static str,
    pub part: Part,
    /// Preemptions at most, in the quick run and in the full one. None is all.
    pub bounds: (Option<usize>, Option<usize>),
    /// What some execution must come by.
    pub reaches: &'static [&'static str],
    pub scenario: fn(),
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Property> {
    [
        semaphore::ALL,
        speculate::ALL,
        exclusion::ALL,
        lifetime::ALL,
        walk::ALL,
        fault::ALL,
        table::ALL,
        observer::ALL,
    ]
    .into_iter()
    .flatten()
}

/// Executions of all explorations of this process.
pub static EXECUTIONS: AtomicU64 = AtomicU64::new(0);

/// One exploration at a time: what was seen, and the mutant, are of the process.
static ONE: Mutex<()> = Mutex::new(());

/// Explores the property; the error is what broke. `reach` is whether its paths must
/// be reached too.
pub fn explore(property: &Property, quick: bool, reach: bool) -> Result<u64, String> {
    let one = ONE.lock().unwrap_or_else(|error| error.into_inner());
    seen::take();
    let before = EXECUTIONS.load(Relaxed);
    let bound = if quick {
        property.bounds.0
    } else {
        property.bounds.1
    };
    let scenario = property.scenario;
    let message = Arc::new(Mutex::new(String::new()));
    let heard = message.clone();
    std::panic::set_hook(Box::new(move |info| {
        // loom ends threads by a panic with another payload: that is no failure.
        let payload = info.payload();
        let text = payload.downcast_ref::<&str>().copied();
        if let Some(text) = text.or_else(|| payload.downcast_ref().map(String::as_str)) {
            let mut heard = heard.lock().unwrap_or_else(|error| error.into_inner());
            if heard.is_empty() {
                *heard = text.to_owned();
            }
        }
    }));
    let explored = std::thread::spawn(move || {
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound = bound;
        builder.max_branches = 20_000;
        builder.log = false;
        catch_unwind(AssertUnwindSafe(|| {
            builder.check(move || {
                EXECUTIONS.fetch_add(1, Relaxed);
                scenario();
            });
        }))
    })
    .join();
    let _ = std::panic::take_hook();
    let executions = EXECUTIONS.load(Relaxed) - before;
    let seen = seen::take();
    drop(one);
    if !matches!(explored, Ok(Ok(()))) {
        let message = message.lock().unwrap_or_else(|error| error.into_inner());
        return Err(message.lines().next().unwrap_or_default().to_owned());
    }
    match property.reaches.iter().find(|path| !seen.contains(*path)) {
        Some(path) if reach => Err(format!("no execution reached \"{path}\"")),
        _ => Ok(executions),
    }
}
