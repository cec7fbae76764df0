// SPDX-License-Identifier: GPL-2.0-only

//! Mutants of the crate: each loosens one thing, and a test has to notice.
//!
//! `scripts/mutants` prepares a folder with a copy of the tree, and what compiles it: `crate.sh`,
//! `users.sh`, `api.sh`, and `ui.sh`. In its folder `in-tree` are the same for the crate in a
//! kernel, for what only that has. Each mutant is written to the copy and asked about in this
//! order:
//!
//! 1. The crate has to compile, or it is no mutant.
//! 2. The list of the interface, for what changes it.
//! 3. The UI tests: all at once first, and what differs there by itself.
//! 4. The modules that use the crate, and its KUnit suites, have to compile.
//!
//! One that survives in a module is asked about in a kernel, which has more locks.
//!
//! Those of checks at run time are asked in another way, by `checks.rs`.
//!
//! Usage: `mmguard-mutants FOLDER CHECKOUT [FILTER...]`.

mod checks;
mod operators;

use crate::operators::{find, Kind, Mutant, Source};
use std::{
    collections::{
        hash_map::DefaultHasher,
        BTreeMap, //
    },
    env,
    error::Error,
    fs::{self, OpenOptions},
    hash::{Hash, Hasher},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Instant, //
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Where the crate stands in a tree.
const CRATE: &str = "rust/kernel/mm/guard";

/// What became of a mutant.
#[derive(Clone, PartialEq)]
enum Verdict {
    /// It does not compile.
    NotViable,
    /// The tests did not notice it.
    Survived,
    /// A test noticed it: a case by its name, or one of the other ways.
    Killed(String),
}

/// How the reason begins of a mutant that does what the crate does, whatever calls it.
const SAME: &str = "No difference: ";

/// What notices a mutant that gives more to name.
const LISTS: &str = "the list of the interface";

/// Results, as the file has them: a line each, of a sum, the verdict, and the name.
type Results = BTreeMap<(String, String), Verdict>;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(err) => {
            eprintln!("mutants: {err}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool> {
    let args: Vec<_> = env::args().skip(1).collect();
    let [folder, checkout, filters @ ..] = args.as_slice() else {
        return Err("usage: mmguard-mutants FOLDER CHECKOUT [FILTER...]".into());
    };
    let runner = Runner::new(folder.into(), checkout.into())?;
    let all = find(&runner.sources);
    let wanted = |mutant: &&Mutant| {
        filters.iter().all(|filter| match filter.as_str() {
            "checks" => mutant.is_check(),
            "types" => !mutant.is_check(),
            part => mutant.name.contains(part),
        })
    };
    let mutants: Vec<_> = all.iter().filter(wanted).collect();

    let mut results = runner.results()?;
    runner.ask_checks(&all, &mutants, &mut results)?;
    let began = Instant::now();
    let mut asked = 0;
    let mut rooms: BTreeMap<&str, Score> = BTreeMap::new();
    let mut survivors = Vec::new();
    for (done, mutant) in mutants.iter().enumerate() {
        let verdict = match runner.known(&results, mutant) {
            Some(verdict) => verdict,
            None => {
                asked += 1;
                let verdict = runner.ask(mutant)?;
                runner.record(&mut results, mutant, &verdict)?;
                let left =
                    began.elapsed().as_secs() * (mutants.len() - done - 1) as u64 / asked / 60;
                println!(
                    "{} of {}: {}: {} ({left} min left)",
                    done + 1,
                    mutants.len(),
                    mutant.name,
                    verdict.shown(),
                );
                verdict
            }
        };
        let score = rooms.entry(room(mutant)).or_default();
        match verdict {
            Verdict::NotViable => score.not_viable += 1,
            Verdict::Killed(_) => score.killed += 1,
            Verdict::Survived => {
                score.survived += 1;
                survivors.push(mutant.name.as_str());
            }
        }
    }

    let reasons = reasons(&Path::new(checkout).join("tests/mutants/survivors.list"))?;
    let mut wrong = 0;
    for name in &survivors {
        match reasons.get(*name) {
            Some(_) => println!("explained: {name}"),
            None => {
                println!("SURVIVED: {name}");
                wrong += 1;
            }
        }
    }
    for name in reasons.keys() {
        let asked = mutants.iter().any(|mutant| mutant.name == *name);
        let is_one = all.iter().any(|mutant| mutant.name == *name);
        if (asked || !is_one) && !survivors.contains(&name.as_str()) {
            println!("NO SURVIVOR, and it has a reason: {name}");
            wrong += 1;
        }
    }
    for (room, score) in &rooms {
        println!("{room}: {score}");
    }
    let total = rooms.values().fold(Score::default(), Score::plus);
    let explained = survivors
        .iter()
        .filter(|name| reasons.contains_key(**name))
        .count();
    let same = survivors
        .iter()
        .filter_map(|name| reasons.get(*name))
        .filter(|reason| reason.starts_with(SAME))
        .count();
    println!("mutants: {total}, {explained} explained");
    let others = Score {
        survived: total.survived - same,
        ..total
    };
    println!("mutants: without the {same} that make no difference: {others}");
    Ok(wrong == 0)
}

/// Whether a mutant is of what only a kernel has.
fn is_in_tree(mutant: &Mutant) -> bool {
    mutant
        .edits
        .iter()
        .all(|edit| edit.file.starts_with("builtin"))
}

fn room(mutant: &Mutant) -> &str {
    let file = &mutant.edits[0].file;
    file.split(['/', '.']).next().unwrap_or(file)
}

#[derive(Clone, Copy, Default)]
struct Score {
    killed: usize,
    survived: usize,
    not_viable: usize,
}

impl Score {
    fn plus(self, other: &Self) -> Self {
        Self {
            killed: self.killed + other.killed,
            survived: self.survived + other.survived,
            not_viable: self.not_viable + other.not_viable,
        }
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = self.killed + self.survived;
        let percent = 100.0 * self.killed as f64 / all.max(1) as f64;
        write!(
            f,
            "{} of {all} killed ({percent:.1} %), {} survived; {} do not compile",
            self.killed, self.survived, self.not_viable
        )
    }
}

impl Verdict {
    fn shown(&self) -> String {
        match self {
            Self::NotViable => "does not compile".into(),
            Self::Survived => "SURVIVED".into(),
            Self::Killed(by) => format!("killed by {by}"),
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "does not compile" => Self::NotViable,
            "SURVIVED" => Self::Survived,
            _ => Self::Killed(text.trim_start_matches("killed by ").into()),
        }
    }
}

/// The reason of each survivor that has one: paragraphs of a reason and of names below it, which
/// are indented.
fn reasons(file: &Path) -> Result<BTreeMap<String, String>> {
    let mut reasons = BTreeMap::new();
    let mut reason = String::new();
    let mut named = true;
    for line in fs::read_to_string(file)?.lines() {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        if let Some(name) = line.strip_prefix('\t') {
            reasons.insert(name.to_string(), reason.clone());
            named = true;
        } else {
            if std::mem::take(&mut named) {
                reason.clear();
            }
            reason += line;
        }
    }
    Ok(reasons)
}

/// Sums of what a verdict depends on.
struct Sums {
    /// The sources of the crate, which the others have as well.
    code: u64,
    /// The lists of the interface.
    lists: u64,
    /// The lists, and all UI tests.
    tests: u64,
    /// The KUnit suites.
    suites: u64,
    /// The plans about drivers, and what they load.
    plans: u64,
}

struct Runner {
    folder: PathBuf,
    sources: Vec<Source>,
    sums: Sums,
    cases: PathBuf,
    /// The lists of the KUnit tests.
    kunit: String,
}

impl Runner {
    fn new(folder: PathBuf, checkout: PathBuf) -> Result<Self> {
        let root = folder.join("tree").join(CRATE);
        let mut sources = Vec::new();
        let mut suites = DefaultHasher::new();
        for path in files(&root)? {
            let name = path.strip_prefix(&root)?.display().to_string();
            let text = fs::read_to_string(&path)?;
            if name.split('/').any(|part| part.starts_with("tests")) {
                (name, text).hash(&mut suites);
            } else if name.ends_with(".rs") {
                let syntax = syn::parse_file(&text).map_err(|err| format!("{name}: {err}"))?;
                sources.push(Source {
                    path: name,
                    text,
                    syntax,
                });
            }
        }
        let cases = checkout.join("tests/ui/cases");
        let mut code = DefaultHasher::new();
        for source in &sources {
            (&source.path, &source.text).hash(&mut code);
        }
        let code = code.finish();
        code.hash(&mut suites);
        let with = |sum: u64, folder: &Path| -> Result<u64> {
            let mut all = DefaultHasher::new();
            sum.hash(&mut all);
            for path in files(folder)? {
                (path.strip_prefix(&checkout)?, fs::read(&path)?).hash(&mut all);
            }
            Ok(all.finish())
        };
        let lists = with(code, &checkout.join("tests/api"))?;
        let mut plans = code;
        for folder in ["tests/vm/src", "tests/drivers", "samples/mmpool"] {
            plans = with(plans, &checkout.join(folder))?;
        }
        let sums = Sums {
            code,
            lists,
            tests: with(lists, &cases)?,
            suites: suites.finish(),
            plans,
        };
        Ok(Self {
            folder,
            sources,
            sums,
            cases,
            kunit: fs::read_to_string(checkout.join("tests/kunit/tests.list"))?
                + &fs::read_to_string(checkout.join("tests/kunit/tests-in-tree.list"))?,
        })
    }

    /// The sum under which a verdict is kept: a case that is added makes no difference to a mutant
    /// that another one has noticed.
    fn sum(&self, mutant: &Mutant, verdict: &Verdict) -> String {
        let mut sum = DefaultHasher::new();
        for edit in &mutant.edits {
            (&edit.file, edit.range.start, edit.range.end, &edit.text).hash(&mut sum);
        }
        match verdict {
            // By a test, or in a suite.
            Verdict::Killed(by) if mutant.is_check() && self.has_test(by) => {
                self.sums.code.hash(&mut sum);
            }
            Verdict::NotViable => self.sums.code.hash(&mut sum),
            Verdict::Killed(by) if by.starts_with("the plan ") => self.sums.plans.hash(&mut sum),
            _ if mutant.is_check() => (self.sums.suites, self.sums.plans).hash(&mut sum),
            Verdict::Killed(by) if by == LISTS => self.sums.lists.hash(&mut sum),
            Verdict::Killed(by) if by.contains('/') => {
                self.sums.code.hash(&mut sum);
                for ext in ["rs", "pass.rs"] {
                    fs::read(self.cases.join(format!("{by}.{ext}")))
                        .unwrap_or_default()
                        .hash(&mut sum);
                }
            }
            _ => self.sums.tests.hash(&mut sum),
        }
        format!("{:016x}", sum.finish())
    }

    /// Whether there is still the KUnit test, or the suite, that is named last.
    fn has_test(&self, by: &str) -> bool {
        let name = by.rsplit(' ').next();
        self.kunit.lines().any(|line| {
            let test = line.split(' ').next();
            name == test || name == line.split('.').next()
        })
    }

    fn results(&self) -> Result<Results> {
        let file = fs::read_to_string(self.folder.join("results")).unwrap_or_default();
        Ok(file
            .lines()
            .filter_map(|line| {
                let mut parts = line.splitn(3, '\t');
                let (sum, verdict, name) = (parts.next()?, parts.next()?, parts.next()?);
                Some(((name.to_string(), sum.to_string()), Verdict::parse(verdict)))
            })
            .collect())
    }

    fn known(&self, results: &Results, mutant: &Mutant) -> Option<Verdict> {
        results
            .range((mutant.name.clone(), String::new())..)
            .take_while(|((name, _), _)| *name == mutant.name)
            .find(|((_, sum), verdict)| *sum == self.sum(mutant, verdict))
            .map(|(_, verdict)| verdict.clone())
    }

    fn record(&self, results: &mut Results, mutant: &Mutant, verdict: &Verdict) -> Result<()> {
        let sum = self.sum(mutant, verdict);
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.join("results"))?;
        writeln!(file, "{sum}\t{}\t{}", verdict.shown(), mutant.name)?;
        results.insert((mutant.name.clone(), sum), verdict.clone());
        Ok(())
    }

    /// Writes the mutant to the copy of the tree, asks, and takes it back.
    fn ask(&self, mutant: &Mutant) -> Result<Verdict> {
        let root = self.folder.join("tree").join(CRATE);
        let files = self.edited(&[(0, mutant)]);
        for (source, text) in &files {
            fs::write(root.join(&source.path), text)?;
        }
        let verdict = self.verdict(mutant);
        for (source, _) in &files {
            fs::write(root.join(&source.path), &source.text)?;
        }
        verdict
    }

    /// The files that mutants change, with all of these, each by its number.
    fn edited(&self, mutants: &[(usize, &Mutant)]) -> Vec<(&Source, String)> {
        let mut files = Vec::new();
        for source in &self.sources {
            let mut edits = Vec::new();
            for (place, (number, mutant)) in mutants.iter().enumerate() {
                for (i, edit) in mutant.edits.iter().enumerate() {
                    if edit.file == source.path {
                        // Where one ends and another begins, in this order. Outer ones are first
                        // among the mutants: they begin first, and end last.
                        let place = place as isize;
                        let order = if i == 0 { (1, place) } else { (0, -place) };
                        edits.push((edit.range.start, order, number, edit));
                    }
                }
            }
            if edits.is_empty() {
                continue;
            }
            edits.sort_by_key(|&(start, order, ..)| (start, order));
            let mut text = String::new();
            let mut from = 0;
            for (start, _, number, edit) in edits {
                text += &source.text[from..start];
                text += &edit.text.replace("NUMBER", &number.to_string());
                from = edit.range.end;
            }
            text += &source.text[from..];
            files.push((source, text));
        }
        files
    }

    /// Asks in a module, and, of what only a kernel has and of what survives, in a kernel.
    fn verdict(&self, mutant: &Mutant) -> Result<Verdict> {
        if !is_in_tree(mutant) {
            let verdict = self.verdict_in("", mutant)?;
            if verdict != Verdict::Survived {
                return Ok(verdict);
            }
        }
        match self.verdict_in("in-tree/", mutant)? {
            Verdict::NotViable if !is_in_tree(mutant) => {
                Ok(Verdict::Killed("what uses the crate".into())) //
            }
            verdict => Ok(verdict),
        }
    }

    fn verdict_in(&self, folder: &str, mutant: &Mutant) -> Result<Verdict> {
        let sh = |script, args: &[&str]| self.sh(format!("{folder}{script}"), args);
        if !sh("crate.sh", &[])?.0 {
            return Ok(Verdict::NotViable);
        }
        if mutant.kind == Kind::Interface && !sh("api.sh", &[])?.0 {
            return Ok(Verdict::Killed(LISTS.into()));
        }
        let (passed, output) = sh("ui.sh", &["--together"])?;
        if !passed {
            return Err(format!("the UI tests do not run: {output}").into());
        }
        for path in output
            .lines()
            .filter_map(|line| line.strip_prefix("differs: "))
        {
            let case = path.trim_end_matches(".rs").trim_end_matches(".pass");
            if !sh("ui.sh", &["--codes", case])?.0 {
                let case = Path::new(case).strip_prefix(&self.cases)?;
                return Ok(Verdict::Killed(case.display().to_string()));
            }
        }
        if !sh("users.sh", &[])?.0 {
            return Ok(Verdict::Killed("what uses the crate".into()));
        }
        Ok(Verdict::Survived)
    }

    /// Runs one of the scripts, which fails with 1. Any other status tells nothing of a mutant.
    fn sh(&self, script: impl AsRef<Path>, args: &[&str]) -> Result<(bool, String)> {
        let script = script.as_ref();
        let output = Command::new("bash")
            .arg(self.folder.join(script))
            .args(args)
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        match output.status.code() {
            Some(0) => Ok((true, text)),
            Some(1) => Ok((false, text)),
            _ => Err(format!("{}: {}", script.display(), output.status).into()),
        }
    }
}

/// All files of a folder, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
