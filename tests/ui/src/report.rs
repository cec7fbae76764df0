// SPDX-License-Identifier: GPL-2.0-only

//! What is printed: a line a test, and for each that failed, why.

use std::{
    collections::{
        BTreeMap,
        BTreeSet, //
    },
    fmt::Debug,
    path::{Path, PathBuf},
    sync::{Arc, Mutex}, //
};
use ui_test::{
    status_emitter::{
        RevisionStyle,
        StatusEmitter,
        Summary,
        TestStatus,
        Text, //
    },
    test_result::TestResult, //
};

/// The outcomes so far.
#[derive(Clone, Default)]
pub struct Report(Arc<Mutex<Outcomes>>);

#[derive(Default)]
struct Outcomes {
    files: BTreeMap<PathBuf, bool>,
    checks: Vec<bool>,
}

impl Report {
    /// What `ui_test` reports to.
    pub fn emitter(&self, cases: &Path) -> impl StatusEmitter {
        Emitter {
            report: self.clone(),
            cases: cases.into(),
            text: Text::diff(),
        }
    }

    /// Records the files that did as they state when all were compiled at once.
    pub fn compiled_at_once(&self, files: &BTreeSet<PathBuf>) {
        line(&format!("{} files, at once", files.len()), true);
        let mut outcomes = self.0.lock().unwrap();
        outcomes
            .files
            .extend(files.iter().map(|file| (file.clone(), true)));
    }

    /// Records a check.
    pub fn check(&self, name: &str, errors: &[String]) {
        line(name, errors.is_empty());
        for error in errors {
            println!("    {error}");
        }
        self.0.lock().unwrap().checks.push(errors.is_empty());
    }

    /// Whether a file was compiled, and with the outcome that it states.
    pub fn passed(&self, file: &Path) -> bool {
        self.0.lock().unwrap().files.get(file) == Some(&true)
    }

    /// How many tests passed, and how many failed.
    pub fn totals(&self) -> (usize, usize) {
        let outcomes = self.0.lock().unwrap();
        let all = || outcomes.files.values().chain(&outcomes.checks);
        let passed = all().filter(|&&ok| ok).count();
        (passed, all().count() - passed)
    }
}

fn line(name: &str, ok: bool) {
    println!("ui: {name} ... {}", if ok { "ok" } else { "FAILED" });
}

struct Emitter {
    report: Report,
    cases: PathBuf,
    // Renders the reasons of failures.
    text: Text,
}

impl StatusEmitter for Emitter {
    fn register_test(&self, path: PathBuf) -> Box<dyn TestStatus> {
        let file = path.strip_prefix(&self.cases).unwrap_or(&path);
        Box::new(Status {
            report: self.report.clone(),
            name: file.display().to_string(),
            text: self.text.register_test(path),
        })
    }

    fn finalize(
        &self,
        failed: usize,
        succeeded: usize,
        ignored: usize,
        filtered: usize,
        aborted: bool,
    ) -> Box<dyn Summary> {
        if failed == 0 {
            return Box::new(());
        }
        self.text
            .finalize(failed, succeeded, ignored, filtered, aborted)
    }
}

struct Status {
    report: Report,
    name: String,
    text: Box<dyn TestStatus>,
}

impl TestStatus for Status {
    fn done(&self, result: &TestResult, _aborted: bool) {
        line(&self.name, result.is_ok());
        let mut outcomes = self.report.0.lock().unwrap();
        outcomes
            .files
            .insert(self.text.path().into(), result.is_ok());
    }

    fn for_revision(&self, revision: &str, style: RevisionStyle) -> Box<dyn TestStatus> {
        self.text.for_revision(revision, style)
    }

    fn for_path(&self, path: &Path) -> Box<dyn TestStatus> {
        self.text.for_path(path)
    }

    fn failed_test<'a>(
        &'a self,
        _command: &'a str,
        stderr: &'a [u8],
        stdout: &'a [u8],
    ) -> Box<dyn Debug + 'a> {
        // `ui_test` shows what a case's message should have been, and nothing of a twin's.
        if self.name.ends_with(".pass.rs") {
            println!("{}", String::from_utf8_lossy(stderr));
        }
        self.text
            .failed_test("kbuild's, for a sample", stderr, stdout)
    }

    fn path(&self) -> &Path {
        self.text.path()
    }

    fn revision(&self) -> &str {
        self.text.revision()
    }
}
