// SPDX-License-Identifier: GPL-2.0-only

//! All cases at once: a quick look, which [mutants](../../mutants) take as well.
//!
//! The cases are modules of a few crates, each compiled once, and what each must fail with is
//! compared by line and code. The compiler tells some errors only where there are none of others:
//! what breaks the resolution of names hides all else, and any error hides what the last passes
//! find. So each of these has a crate of its own, and so have the twins. A case that differs here
//! is run by itself before anything is said of it.

use crate::{
    checks::{
        is_for,
        Case, //
    },
    kbuild::Kbuild, //
};
use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command, //
};

/// The codes of errors in the resolution of names.
const RESOLUTION: &[&str] = &["E0412", "E0423", "E0432", "E0433", "E0603"];

/// The codes of errors that are found last, as lints are.
const LAST: &[&str] = &["E0451"];

/// An error, by its line and its code, which is empty where there is none, as of a lint.
type Errors = BTreeSet<(usize, String)>;

/// Finds the cases that do not behave as they state, together with others.
pub fn differing(
    cases: &[Case],
    kbuild: &Kbuild,
    flags: &[&str],
    out_dir: &Path,
) -> Result<BTreeSet<PathBuf>, Box<dyn Error>> {
    let mut crates: BTreeMap<&str, Vec<(PathBuf, Errors)>> = BTreeMap::new();
    for case in cases {
        if !is_for(&case.path, kbuild.in_tree, kbuild.per_vma_lock) {
            continue;
        }
        let text = fs::read_to_string(&case.path)?;
        let stated = stated(&text);
        let has = |codes: &[&str]| {
            stated
                .iter()
                .any(|(_, code)| codes.contains(&code.as_str()))
        };
        let kind = if has(RESOLUTION) {
            "resolution"
        } else if has(LAST) || text.contains("//~ unused_must_use") {
            "last"
        } else {
            "types"
        };
        crates
            .entry(kind)
            .or_default()
            .push((case.path.clone(), stated));
        crates
            .entry("twins")
            .or_default()
            .push((case.twin(), Errors::new()));
    }

    fs::create_dir_all(out_dir)?;
    let mut differing = BTreeSet::new();
    for (name, files) in crates {
        let root = out_dir.join(format!("{name}.rs"));
        let modules = files.iter().enumerate().map(|(i, (path, _))| {
            format!("#[path = \"{}\"]\nmod case_{i};\n", path.display()) //
        });
        fs::write(&root, modules.collect::<String>())?;
        let output = Command::new(&kbuild.rustc)
            .current_dir(&kbuild.root)
            .envs(kbuild.envs.iter().cloned())
            .args(&kbuild.args)
            .args(flags)
            .args(["--error-format=short", &format!("--crate-name={name}")])
            .arg(format!("--out-dir={}", out_dir.display()))
            .arg(&root)
            .output()?;
        let output = String::from_utf8_lossy(&output.stderr);
        let found = found(&output);
        for (path, stated) in files {
            let errors = found.get(path.to_string_lossy().as_ref());
            if errors.unwrap_or(&Errors::new()) != &stated {
                differing.insert(path);
            }
        }
    }
    Ok(differing)
}

/// Reads what a case must fail with.
fn stated(case: &str) -> Errors {
    let mut errors = Errors::new();
    let mut last = 0;
    for (number, line) in (1..).zip(case.lines()) {
        let Some((_, annotation)) = line.split_once("//~") else {
            continue;
        };
        let code = annotation.trim_start_matches(['^', 'v', '|']);
        let offset = annotation.len() - code.len();
        last = match annotation.chars().next() {
            Some('^') => number - offset,
            Some('v') => number + offset,
            Some('|') => last,
            _ => number,
        };
        let code = code.trim();
        let code = if code.starts_with('E') && code.len() == 5 {
            code
        } else {
            ""
        };
        errors.insert((last, code.to_string()));
    }
    errors
}

/// Reads the errors and warnings that the compiler tells of each file, a line each.
fn found(output: &str) -> BTreeMap<&str, Errors> {
    let mut found: BTreeMap<&str, Errors> = BTreeMap::new();
    for line in output.lines() {
        let mut parts = line.splitn(4, ':');
        let (Some(file), Some(Ok(number)), Some(_), Some(message)) = (
            parts.next(),
            parts.next().map(str::parse),
            parts.next(),
            parts.next(),
        ) else {
            continue;
        };
        let code = message
            .split_once(':')
            .and_then(|(kind, _)| kind.split_once('['))
            .map_or("", |(_, code)| code.trim_end_matches(']'));
        let code = if code.starts_with('E') { code } else { "" };
        found
            .entry(file)
            .or_default()
            .insert((number, code.to_string()));
    }
    found
}
