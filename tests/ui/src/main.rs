// SPDX-License-Identifier: GPL-2.0-only

//! UI tests: each locking rule that the compiler keeps, broken in a file that must not compile.
//!
//! A case is three files in `cases/`:
//!
//! - `<rule>-<mistake>.rs`, which must fail with the error codes, in the lines, that it states;
//! - `<rule>-<mistake>.stderr`, the message, pinned for the compiler that `META` names;
//! - `<rule>-<mistake>.pass.rs`, the twin, which must compile, without a warning.
//!
//! [`checks`] has what must hold for the three beside that. The cases are compiled with the command
//! line by which kbuild compiled `samples/template`, as far as the metadata. That runs no code
//! generation, so errors that come only then (`build_assert!`, `const` assertions in generic
//! functions) do not show here, and no case may rely on one.
//!
//! The crate may also be the one in a kernel, `kernel::mm::guard`. The command line is that of
//! `samples/rust/rust_minimal.rs` then, and `mmguard` a shim. Types have longer paths there, so of a
//! message only codes and lines are compared. A case is for both, unless a line in it and in its
//! twin says otherwise:
//!
//! - `//@in-tree`: for the crate in a kernel alone, and its message is pinned there;
//! - `//@module-only`: for the crate in a module alone.
//! - `//@no-vma-lock`: for that on a kernel without `CONFIG_PER_VMA_LOCK`, which lacks NUMA too.
//!
//! Usage: `MMGUARD_BUILD=<folder> cargo run -- [--bless | --together | --codes] [FILTER...]`, with
//! the build folder of `samples/template`, or that of the kernel's `samples/rust`. What has no
//! message to compare is compiled all [at once](together): the twins, and in a kernel most cases.
//! Those that differ from what they state are then run by themselves.
//! With `--together`, prints these, and runs none. With `--codes`, only codes and lines are compared.
//! `MMGUARD_RESULTS=<file>` has a line `ui:<rule>-<mistake> ok` appended for each case that passed
//! as a whole, with `ui-no-vma-lock:`
//! for a kernel without `CONFIG_PER_VMA_LOCK`, and `ui-in-tree:` for the crate in a kernel.

mod checks;
mod kbuild;
mod report;
mod together;

use crate::{
    checks::{
        is_for,
        Case, //
    },
    kbuild::Kbuild,
    report::Report, //
};
use std::{
    collections::BTreeSet,
    env,
    error::Error,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode, //
};
use ui_test::{
    bless_output_files,
    custom_flags::rustfix::RustfixMode,
    error_on_output_conflict,
    ignore_output_conflict,
    per_test_config::TestConfig,
    run_tests_generic,
    spanned::Spanned,
    CommandBuilder,
    Config,
    Error as UiError, //
};

/// The flags beside those of kbuild.
const FLAGS: &[&str] = &[
    "--emit=metadata",
    // A case is no module, but a fragment of one.
    "-Adead_code",
    "-Amissing_docs",
    "-Dunused_must_use",
];

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(err) => {
            eprintln!("ui: {err}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, Box<dyn Error>> {
    let mut bless = false;
    let mut together = false;
    let mut codes = false;
    let mut filters = Vec::new();
    for arg in env::args().skip(1) {
        match arg.as_str() {
            "--bless" => bless = true,
            "--together" => together = true,
            "--codes" => codes = true,
            _ if arg.starts_with('-') => return Err(format!("unknown option {arg}").into()),
            _ => filters.push(arg),
        }
    }

    // Cargo says so when it runs a program: checkouts share what is built.
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("run this with cargo run")?);
    let cases_dir = here.join("cases");
    let pinned_for = meta(&here.join("../../META"), "UI_TOOLCHAIN")?;
    let mut kbuild = Kbuild::read(&PathBuf::from(
        env::var_os("MMGUARD_BUILD").ok_or("MMGUARD_BUILD is not set")?,
    ))?;
    let version = kbuild.rustc_version()?;
    let is_pinned = version == pinned_for && !codes;

    println!(
        "ui: rustc {version}, CONFIG_PER_VMA_LOCK={}, the crate is in a {}",
        if kbuild.per_vma_lock { "y" } else { "n" },
        if kbuild.in_tree { "kernel" } else { "module" },
    );
    if version != pinned_for {
        println!("ui: messages are pinned for rustc {pinned_for}: only codes and lines compared");
    }
    if bless && !is_pinned {
        return Err(format!("--bless needs rustc {pinned_for}").into());
    }

    let out_dir = env::temp_dir().join(format!("mmguard-ui-{}", std::process::id()));
    let (in_tree, per_vma_lock) = (kbuild.in_tree, kbuild.per_vma_lock);
    if in_tree {
        kbuild.add_shim(&here.join("src/shim.rs"), &out_dir)?;
    }
    let (cases, strays) = Case::find(&cases_dir)?;
    let report = Report::default();
    let mut at_once = BTreeSet::new();
    if together || !bless && !codes && filters.is_empty() {
        let differing = together::differing(&cases, &kbuild, FLAGS, &out_dir)?;
        if together {
            let _ = fs::remove_dir_all(&out_dir);
            for path in differing {
                println!("differs: {}", path.display());
            }
            return Ok(true);
        }
        let has_message = |case: &Case| !in_tree || !is_for(&case.path, false, true);
        at_once = cases
            .iter()
            .filter(|case| is_for(&case.path, in_tree, per_vma_lock))
            .flat_map(|case| match has_message(case) {
                true => vec![case.twin()],
                false => vec![case.path.clone(), case.twin()],
            })
            .filter(|path| !differing.contains(path))
            .collect();
        report.compiled_at_once(&at_once);
    }
    let mut config = config(&cases_dir, &kbuild, &out_dir);
    config.filter_files.clone_from(&filters);
    config.output_conflict_handling = match (is_pinned, in_tree, bless) {
        (true, false, false) => error_on_output_conflict,
        (true, false, true) => bless_case,
        (true, true, false) => compare_in_tree,
        (true, true, true) => bless_in_tree,
        (false, _, _) => ignore_output_conflict,
    };

    // The paths in the flags are relative to the build folder.
    env::set_current_dir(&kbuild.root)?;
    // The report has the outcome of each test.
    let _ = run_tests_generic(
        vec![config],
        |path, config| {
            let wanted = ui_test::default_file_filter(path, config)?;
            Some(wanted && is_for(path, in_tree, per_vma_lock) && !at_once.contains(path))
        },
        per_file_config,
        report.emitter(&cases_dir),
    );
    let _ = fs::remove_dir_all(&out_dir);

    let prefix = match (in_tree, per_vma_lock) {
        (true, _) => "ui-in-tree",
        (false, true) => "ui",
        (false, false) => "ui-no-vma-lock",
    };
    let mut results = String::new();
    for case in &cases {
        let wanted = filters.is_empty()
            || filters
                .iter()
                .any(|f| case.path.to_string_lossy().contains(f));
        if !wanted || !is_for(&case.path, in_tree, per_vma_lock) {
            continue;
        }
        let errors = case.check();
        report.check(&format!("{} (checks)", case.name), &errors);
        if errors.is_empty() && report.passed(&case.path) && report.passed(&case.twin()) {
            results += &format!("{prefix}:{} ok\n", case.name);
        }
    }
    for stray in strays {
        report.check(&stray, &["belongs to no case".into()]);
    }

    if let Some(path) = env::var_os("MMGUARD_RESULTS") {
        let mut file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)?;
        file.write_all(results.as_bytes())?;
    }
    let (passed, failed) = report.totals();
    println!("ui: {passed} passed, {failed} failed");
    Ok(failed == 0 && passed > 0)
}

/// Reads a value from `META`.
fn meta(path: &Path, key: &str) -> Result<String, Box<dyn Error>> {
    fs::read_to_string(path)
        .map_err(|err| format!("{}: {err}", path.display()))?
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
        .map(str::to_string)
        .ok_or_else(|| format!("{}: no {key}", path.display()).into())
}

/// How cases are compiled, and what of a message is pinned.
fn config(cases: &Path, kbuild: &Kbuild, out_dir: &Path) -> Config {
    let mut args = vec!["--error-format=json".into()];
    args.extend(kbuild.args.iter().map(Into::into));
    args.extend(FLAGS.iter().map(Into::into));
    // Line numbers in sources other than the case would make a message depend on edits that have
    // nothing to do with it.
    args.push("-Zui-testing".into());

    let mut config = Config {
        program: CommandBuilder {
            program: kbuild.rustc.clone(),
            args,
            envs: kbuild
                .envs
                .iter()
                .map(|(key, value)| (key.into(), Some(value.into())))
                .collect(),
            ..CommandBuilder::rustc()
        },
        out_dir: out_dir.into(),
        bless_command: Some("the same command with --bless".into()),
        ..Config::rustc(cases)
    };

    // The edition is among kbuild's flags; suggestions of the compiler are not part of a rule.
    config.comment_defaults.base().custom.clear();
    config
        .comment_defaults
        .base()
        .set_custom("rustfix", RustfixMode::Disabled);
    // Read by `checks`.
    for comment in ["lock", "driver", "in-tree", "module-only", "no-vma-lock"] {
        config.custom_comments.insert(comment, |_, _, _| ());
    }

    let dir = regex_escape(&cases.display().to_string());
    config.stderr_filter(&format!("{dir}/[^/]+/"), "");
    // The sources of the crate and of the kernel, wherever they are.
    config.stderr_filter(
        r"(-->|:::) [^ \n]*?rust/(?:compat/\.\./)?((?:kernel/[^ \n]+|compat/[a-z_]+)\.rs):[0-9]+:[0-9]+",
        "$1 rust/$2:LL:CC",
    );
    config.stderr_filter(
        r"(-->|:::) [^ \n]*?(library/[^ \n]+\.rs):[0-9]+:[0-9]+",
        "$1 $2:LL:CC",
    );
    // What says nothing of the mistake.
    config.stderr_filter(r"(?m)^error: aborting due to .*\n", "");
    config.stderr_filter(r"(?m)^Some errors have detailed explanations: .*\n", "");
    config.stderr_filter(r"(?m)^For more information about .*\n", "");
    config.stderr_filter(r"\n{2,}\z", "\n");
    config
}

/// Pins the message of a case. A twin has none.
fn bless_case(path: &Path, output: &[u8], errors: &mut Vec<UiError>, config: &TestConfig) {
    if path.to_string_lossy().contains(".pass.") {
        error_on_output_conflict(path, output, errors, config);
    } else {
        bless_output_files(path, output, errors, config);
    }
}

/// Whether a message is that of a case for the crate in a kernel alone.
fn is_pinned_in_tree(message: &Path) -> bool {
    !is_for(&message.with_extension("rs"), false, false)
}

/// Compares the message of a case, where it is pinned for the crate in a kernel.
fn compare_in_tree(path: &Path, output: &[u8], errors: &mut Vec<UiError>, config: &TestConfig) {
    if is_pinned_in_tree(path) {
        error_on_output_conflict(path, output, errors, config);
    }
}

/// Pins the message of a case for the crate in a kernel.
fn bless_in_tree(path: &Path, output: &[u8], errors: &mut Vec<UiError>, config: &TestConfig) {
    if is_pinned_in_tree(path) {
        bless_case(path, output, errors, config);
    }
}

/// Gives each file a crate name, as file names are none, and a folder of its own.
fn per_file_config(config: &mut Config, contents: &Spanned<Vec<u8>>) {
    let stem = contents.span.file.file_stem().unwrap().to_string_lossy();
    let name = stem.replace(['-', '.'], "_");
    config
        .program
        .args
        .push(format!("--crate-name={name}").into());
    config.out_dir.push(name);
}

/// Escapes a path for use in a regular expression.
fn regex_escape(path: &str) -> String {
    path.chars()
        .flat_map(|c| {
            (!c.is_alphanumeric() && c != '/')
                .then_some('\\')
                .into_iter()
                .chain([c])
        })
        .collect()
}
