// SPDX-License-Identifier: GPL-2.0-only

//! Mutants of checks at run time.
//!
//! A module has all of them, and a VM loads it with one after the other switched on. `build.sh`
//! makes it from the copy of the tree in `checks`, and `vm.sh` runs the VM. Only where the compiler
//! evaluates a check, the mutant has a module of its own.
//!
//! What survives the suites is asked about by plans of `make test`, each in a VM of its own. So is
//! what only the crate in a kernel has: `in-tree/build.sh` makes a kernel with all of these, whose
//! suites run when it boots.

use crate::{
    is_in_tree,
    operators::{Kind, Mutant},
    room, Result, Results, Runner, Verdict, CRATE,
};
use std::{
    fs,
    path::Path,
    process::Command,
    time::Instant, //
};

/// How many mutants a VM is given: their numbers stand on the kernel's command line.
const BATCH: usize = 100;

/// The plans for a room, of which the modules have the mutants as well.
const PLANS: [(&str, &[&str]); 1] = [("driver", &["drivers", "mmpool"])];

/// What a test says that came to an error: see `switch.rs`.
const CAME: &str = "mutant: the error came";

impl Runner {
    /// Asks about those of `mutants` that have no verdict yet. Their numbers are those in `all`.
    pub fn ask_checks(
        &self,
        all: &[Mutant],
        mutants: &[&Mutant],
        results: &mut Results,
    ) -> Result<()> {
        let numbered = || (1..).zip(all);
        let wanted: Vec<_> = numbered()
            .filter(|(_, mutant)| mutants.iter().any(|other| other.name == mutant.name))
            .filter(|(_, mutant)| mutant.is_check() && self.known(results, mutant).is_none())
            .collect();
        let (in_tree, in_module): (Vec<(usize, &Mutant)>, Vec<_>) =
            wanted.iter().partition(|(_, mutant)| is_in_tree(mutant));
        let (switched, constant): (Vec<_>, Vec<_>) = in_module
            .into_iter()
            .partition(|(_, mutant)| mutant.kind == Kind::Check);
        let began = Instant::now();
        let mut done = 0;
        let mut record = |mutant: &Mutant, verdict: &Verdict| -> Result<()> {
            self.record(results, mutant, verdict)?;
            done += 1;
            let left = began.elapsed().as_secs() * (wanted.len() - done) as u64 / done as u64 / 60;
            let (name, verdict) = (&mutant.name, verdict.shown());
            println!(
                "{done} of {}: {name}: {verdict} ({left} min left)",
                wanted.len()
            );
            Ok(())
        };

        let mut left = switched.as_slice();
        if !left.is_empty() {
            let switches: Vec<_> = numbered()
                .filter(|(_, mutant)| mutant.kind == Kind::Check && !is_in_tree(mutant))
                .collect();
            if !self.build("", &switches)? {
                return Err("the module with all mutants does not build: see build.log".into());
            }
            if self.vm("mmguard_*", &[0])? != [Verdict::Survived] {
                return Err("without a mutant, a test fails: see vm/result.log".into());
            }
            for plan in PLANS.iter().flat_map(|(_, plans)| *plans) {
                if self.plan(plan, 0)? != Verdict::Survived {
                    return Err(
                        format!("without a mutant, the plan {plan} fails: see vm.log").into(),
                    );
                }
            }
        }
        while let Some((_, first)) = left.first() {
            let suite = self.suite(first)?;
            let mut numbers = Vec::new();
            for (number, mutant) in left.iter().take(BATCH) {
                if self.suite(mutant)? != suite {
                    break;
                }
                numbers.push(*number);
            }
            let verdicts = self.vm(&suite, &numbers)?;
            for ((number, mutant), verdict) in left.iter().zip(&verdicts) {
                record(mutant, &self.or_by_plans(*number, mutant, verdict)?)?;
            }
            left = &left[verdicts.len()..];
        }

        for (number, mutant) in constant {
            let verdict = if self.build("", &[(number, mutant)])? {
                let verdict = self.vm(&self.suite(mutant)?, &[number])?.remove(0);
                self.or_by_plans(number, mutant, &verdict)?
            } else {
                Verdict::NotViable
            };
            record(mutant, &verdict)?;
        }

        if !in_tree.is_empty() {
            let switches: Vec<_> = numbered()
                .filter(|(_, mutant)| mutant.kind == Kind::Check && is_in_tree(mutant))
                .collect();
            if !self.build("in-tree", &switches)? {
                return Err("the kernel with mutants does not build: see in-tree/build.log".into());
            }
            if self.boot(0)? != Verdict::Survived {
                return Err("without a mutant, a test in the kernel fails: see in-tree/vm".into());
            }
        }
        for (number, mutant) in in_tree {
            record(mutant, &self.boot(number)?)?;
        }
        Ok(())
    }

    /// The suite that is nearest to the file of a mutant.
    fn suite(&self, mutant: &Mutant) -> Result<String> {
        let root = self.folder.join("tree").join(CRATE);
        let mut path = root.join(mutant.edits[0].file.trim_end_matches(".rs"));
        while path != root {
            if let Ok(text) = fs::read_to_string(path.join("tests.rs")) {
                let (_, name) = text
                    .split_once("kunit_tests(")
                    .ok_or("a suite has no name")?;
                return Ok(name.split(')').next().unwrap_or(name).into());
            }
            path.pop();
        }
        Ok("mmguard_*".into())
    }

    /// Builds the modules, or the kernel, with these mutants, and returns whether they build.
    fn build(&self, folder: &str, mutants: &[(usize, &Mutant)]) -> Result<bool> {
        let root = self.folder.join(folder).join("checks").join(CRATE);
        let edited = self.edited(mutants);
        for source in &self.sources {
            let text = edited
                .iter()
                .find(|(other, _)| other.path == source.path)
                .map_or(&source.text, |(_, text)| text);
            // What has not changed is not built again.
            let path = root.join(&source.path);
            if fs::read_to_string(&path)? != *text {
                fs::write(path, text)?;
            }
        }
        Ok(self.sh(Path::new(folder).join("build.sh"), &[])?.0)
    }

    /// Asks about mutants in a VM. Returns the verdicts that there are when it ends, which it does
    /// when a mutant may have broken it: that one is the last.
    fn vm(&self, suite: &str, numbers: &[usize]) -> Result<Vec<Verdict>> {
        let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
        // Its status is that of a test that fails, as some are to do.
        Command::new("bash")
            .arg(self.folder.join("vm.sh"))
            .arg("mutants")
            .arg(self.folder.join("vm"))
            .arg("mmguard.timeout=7200")
            .arg(format!("mmguard.suite={suite}"))
            .arg(format!("mmguard.mutants={}", numbers.join(",")))
            .output()?;
        let log = fs::read_to_string(self.folder.join("vm/result.log"))?;
        let mut verdicts = Vec::new();
        let mut said = None;
        for line in log.lines() {
            if line.starts_with("not ok") {
                return Err(format!("{line}: see vm/result.log").into());
            } else if line.starts_with("ok ") {
                verdicts.push(said.take().ok_or("no verdict: see vm/result.log")?);
            } else if let Some(text) = line.strip_prefix("# ") {
                if text == "SURVIVED" || text.starts_with("killed by ") {
                    said = Some(Verdict::parse(text));
                }
            }
        }
        if !log.contains("# plan mutants") {
            return Err("the VM does not run: see vm/kernel.log".into());
        }
        if !log.contains("mmguard-vm: done") {
            verdicts.push(Verdict::Killed("the end of the kernel".into()));
        }
        if verdicts.is_empty() {
            return Err("there are no verdicts: see vm/result.log".into());
        }
        Ok(verdicts)
    }

    /// The verdict, or, if the suites said that it survives, that of the plans.
    fn or_by_plans(&self, number: usize, mutant: &Mutant, verdict: &Verdict) -> Result<Verdict> {
        let plans = PLANS
            .iter()
            .filter(|(name, _)| *name == room(mutant))
            .flat_map(|(_, plans)| *plans);
        let mut verdict = verdict.clone();
        for plan in plans {
            if verdict == Verdict::Survived {
                verdict = self.plan(plan, number)?;
            }
        }
        Ok(verdict)
    }

    /// Runs a plan with a mutant.
    fn plan(&self, plan: &str, number: usize) -> Result<Verdict> {
        let words = [
            // Without what needs chance, which takes time.
            "mmguard.times=0".into(),
            format!("mmguard_drivers.mutant={number}"),
            format!("mmpool.mutant={number}"),
        ];
        let ran = self.run("", plan, &words)?;
        // "not ok 12 - NAME", or "not ok - what happened".
        let failed = ran.said.lines().find_map(|line| {
            let (_, name) = line.strip_prefix("not ok")?.split_once("- ")?;
            Some(name)
        });
        let by = match failed {
            Some(name) => name,
            None if ran.log.contains(CAME) => "an error came",
            None if !ran.passed => "the kernel",
            None => return Ok(Verdict::Survived),
        };
        Ok(Verdict::Killed(format!("the plan {plan}: {by}")))
    }

    /// Boots the kernel that has the crate and its suites, with a mutant.
    fn boot(&self, number: usize) -> Result<Verdict> {
        let words = [
            "kunit.filter_glob=mmguard_*".into(),
            // After a complaint it may hang.
            "panic_on_warn=1".into(),
            "oops=panic".into(),
            "mmguard.limit=240".into(),
            format!("mmguard.mutant={number}"),
        ];
        let ran = self.run("in-tree", "boot", &words)?;
        let mut suite = "";
        let mut came = false;
        for line in ran.log.lines() {
            let line = line.split_once("] ").map_or(line, |(_, text)| text);
            came |= line.contains(CAME);
            let words: Vec<_> = line.split_whitespace().collect();
            let (passed, test) = match words[..] {
                ["#", "Subtest:", name] => {
                    suite = name;
                    continue;
                }
                // Those of suites are not indented.
                ["ok", _, test, ..] if line.starts_with(' ') => (true, test),
                ["not", "ok", _, test, ..] if line.starts_with(' ') => (false, test),
                _ => continue,
            };
            if came || !passed {
                return Ok(Verdict::Killed(format!("{suite}.{test}")));
            }
        }
        Ok(if ran.passed {
            Verdict::Survived
        } else {
            Verdict::Killed(format!("the kernel, in {suite}"))
        })
    }

    /// Runs a plan in a VM.
    fn run(&self, folder: &str, plan: &str, words: &[String]) -> Result<Run> {
        let folder = self.folder.join(folder);
        let out = folder.join("vm");
        let passed = Command::new("bash")
            .arg(folder.join("vm.sh"))
            .arg(plan)
            .arg(&out)
            .args(words)
            .output()?
            .status
            .success();
        let log = fs::read(out.join("kernel.log"))?;
        let log = String::from_utf8_lossy(&log).into_owned();
        if !log.contains("Linux version") {
            return Err(format!("the VM does not run: see {}.log", out.display()).into());
        }
        Ok(Run {
            passed,
            said: fs::read_to_string(out.join("result.log"))?,
            log,
        })
    }
}

/// What came of a plan.
struct Run {
    /// Whether each test passed, and the kernel did not complain.
    passed: bool,
    said: String,
    log: String,
}
