// SPDX-License-Identifier: GPL-2.0-only

//! Results in the form of the Test Anything Protocol.

use std::{
    fmt::Display,
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{
        Mutex,
        PoisonError, //
    },
    time::{Duration, Instant},
};

/// When something was printed last.
static LAST: Mutex<Option<Instant>> = Mutex::new(None);

/// Why a test failed, in lines.
pub type Failure = String;

/// An error as the reason why a test failed.
pub fn text(err: impl Display) -> Failure {
    err.to_string()
}

/// Counts tests and prints their results.
#[derive(Default)]
pub struct Tap {
    run: usize,
    failed: usize,
}

impl Tap {
    /// Runs a test. A panic is a failure.
    ///
    /// What it returns is printed as diagnostics.
    pub fn test<T: Display>(
        &mut self,
        name: &str,
        test: impl FnOnce() -> Result<T, Failure>,
    ) -> bool {
        let begin = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(test)).unwrap_or_else(|panic| {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied());
            Err(format!("panic: {}", text.unwrap_or("?")))
        });
        self.run += 1;
        let (word, text) = match &result {
            Ok(text) => ("ok", text.to_string()),
            Err(text) => ("not ok", text.clone()),
        };
        note(&text);
        println!("{word} {} - {name}", self.run);
        note(format_args!("{:.1} s", begin.elapsed().as_secs_f64()));
        self.failed += usize::from(result.is_err());
        result.is_ok()
    }

    /// Prints the plan line, and returns whether all is well.
    pub fn finish(&self) -> bool {
        println!("1..{}", self.run);
        note(format_args!(
            "{} passed, {} failed",
            self.run - self.failed,
            self.failed
        ));
        self.failed == 0 && self.run > 0
    }
}

/// Prints diagnostics.
pub fn note(text: impl Display) {
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    for line in text.to_string().lines() {
        println!("# {line}");
    }
}

/// How long nothing has been printed, since there was something.
pub fn silence() -> Duration {
    let last = *LAST.lock().unwrap_or_else(PoisonError::into_inner);
    last.map_or(Duration::ZERO, |last| last.elapsed())
}

/// Tells every few seconds how far a long loop is.
pub struct Progress {
    what: &'static str,
    all: u64,
    last: Instant,
}

impl Progress {
    /// Begins a loop of `all` steps.
    pub fn new(what: &'static str, all: u64) -> Self {
        Self {
            what,
            all,
            last: Instant::now(),
        }
    }

    /// Tells, if it is time, that `done` steps are done.
    pub fn at(&mut self, done: u64) {
        if self.last.elapsed().as_secs() >= 5 {
            self.last = Instant::now();
            note(format_args!("{} {done}/{}", self.what, self.all));
        }
    }
}
