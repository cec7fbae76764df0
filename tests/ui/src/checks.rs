// SPDX-License-Identifier: GPL-2.0-only

//! What must hold for the files of a case, beside that one compiles and the other does not.

use std::{
    fs,
    io,
    path::{Path, PathBuf}, //
};

/// How long a case may be, in lines, for each mistake in it.
const MAX_CASE: usize = 25;

/// How long a message may be, in lines, for each mistake.
const MAX_MESSAGE: usize = 16;

/// By how many lines a twin may differ, for each mistake.
const MAX_DIFFERENCE: usize = 3;

/// What a message may call a lock: its name in C or here, or the type that stands for holding it.
const LOCKS: &[&str] = &[
    "AnonVma",
    "AnonVmaGuard",
    "AnonVmaGuard<'_, RmapRead>",
    "AnonVmaGuard<'_, RmapWrite>",
    "AnonVmaRwsem",
    "DetachedVma",
    "FolioLock",
    "HugetlbFolioLock",
    "HugetlbIMmapRwsem",
    "HugetlbVmaLock",
    "ILock",
    "IMmap",
    "IMmapGuard",
    "IMmapGuard<'_, RmapRead>",
    "IMmapGuard<'_, RmapWrite>",
    "IMmapRwsem",
    "IRwsem",
    "InnerScope",
    "InvalidateLock",
    "LockContext",
    "LockedFolio",
    "LockedObject",
    "LockedPteTable",
    "Mixed",
    "MmGuard",
    "MmGuard<'_, Downgraded>",
    "MmGuard<'_, Read>",
    "MmGuard<'_, Write>",
    "MmapLock",
    "OrderedMutex",
    "OrderedMutexGuard",
    "OrderedReadGuard",
    "OrderedRwSemaphore",
    "OrderedSpinLock",
    "OrderedSpinLockGuard",
    "OrderedWriteGuard",
    "PageTableLock",
    "PageTableLockGuard",
    "PagesLock",
    "PmdLockGuard",
    "PteLockGuard",
    "PteLockPair",
    "PteTableRcu",
    "RcuSection",
    "RcuVma",
    "ReadBesideVma",
    "RmapRead",
    "RmapWrite",
    "StableGuard",
    "VMA lock",
    "VMA read lock",
    "VMA write lock",
    "Vma<'_, Read>",
    "Vma<'_, Write>",
    "VmaLock",
    "VmaPair",
    "VmaRead",
    "VmaReadGuard",
    "VmaReadOrRead",
    "VmaWrite",
    "VmaWriteAllGuard",
    "VmaWriteGuard",
    "down_read",
    "down_write",
    "folio_lock",
    "i_mmap_lock_read",
    "i_mmap_lock_write",
    "i_mmap_trylock_read",
    "i_mmap_trylock_write",
    "lock_anon_vma_read",
    "lock_pmd_table",
    "lock_pte_table",
    "lock_pte_tables",
    "lock_vma_pair",
    "lock_vma_under_rcu",
    "map_pte_table_rcu",
    "mapping_vmas",
    "mmap lock",
    "mmap read lock",
    "mmap write lock",
    "mmap_lock_speculate",
    "mmap_read_lock",
    "mmap_read_lock_killable",
    "mmap_read_trylock",
    "mmap_write_lock",
    "mmap_write_lock_killable",
    "mmap_write_lock_nested",
    "page_table_lock",
    "rcu_read_lock",
    "rmap lock",
    "stabilise",
    "vma_mut",
    "vma_start_write",
    "vma_start_write_killable",
    "vma_start_write_range_killable",
    "walk_vmas",
];

/// What a message may call a thing of a driver's, where the mistake is none with a lock.
const DRIVER: &[&str] = &[
    "Access",
    "Fault",
    "FaultAround",
    "Frames",
    "HugeFault",
    "InnerScope",
    "LockedObject",
    "Mapped",
    "Mixed",
    "ObjectGuard",
    "ObjectInReclaim",
    "OwnVma",
    "Pages",
    "PagesAtMmap",
    "Pfns",
    "PfnsAtMmap",
    "Place",
    "Remote",
    "Setup",
    "UserPage",
    "VmObject",
    "VmaNew",
    "WriteFault",
];

/// The lines that say which crate a case is for: the one in a module, the one in a kernel, and the
/// one in a module for a kernel without `CONFIG_PER_VMA_LOCK`.
const MODULE_ONLY: &str = "//@module-only";
const IN_TREE: &str = "//@in-tree";
const NO_VMA_LOCK: &str = "//@no-vma-lock";

/// The error of the borrow checker that has no code.
const NO_CODE: &str = "ERROR: lifetime may not live long enough";

/// A case.
pub struct Case {
    /// The file that must not compile.
    pub path: PathBuf,
    /// The rule and the mistake.
    pub name: String,
}

impl Case {
    /// Finds the cases, in order, and the files that belong to none.
    pub fn find(dir: &Path) -> io::Result<(Vec<Self>, Vec<String>)> {
        let mut cases = Vec::new();
        let mut strays = Vec::new();
        for group in sorted(dir)? {
            for path in sorted(&group)? {
                let file = path.file_name().unwrap_or_default().to_string_lossy();
                let case = ["pass.rs", "rs", "stderr"]
                    .iter()
                    .find_map(|ext| file.strip_suffix(&format!(".{ext}")))
                    .map(|name| group.join(format!("{name}.rs")));
                match case {
                    Some(case) if case == path => cases.push(Self {
                        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
                        path,
                    }),
                    Some(case) if case.exists() && !file.ends_with(".pass.stderr") => (),
                    _ => strays.push(
                        path.strip_prefix(dir)
                            .unwrap_or(&path)
                            .display()
                            .to_string(),
                    ),
                }
            }
        }
        Ok((cases, strays))
    }

    /// The file that must compile.
    pub fn twin(&self) -> PathBuf {
        self.path.with_extension("pass.rs")
    }

    /// Returns what is wrong with the case.
    pub fn check(&self) -> Vec<String> {
        let mut errors = Vec::new();
        let mut read = |path: &Path| {
            fs::read_to_string(path)
                .map_err(|err| errors.push(format!("{}: {err}", path.display())))
        };
        let (case, twin, message) = (
            read(&self.path),
            read(&self.twin()),
            read(&self.path.with_extension("stderr")),
        );
        if let Ok(case) = &case {
            self.check_case(case, &mut errors);
        }
        if let (Ok(case), Ok(twin)) = (&case, &twin) {
            check_twin(case, twin, &mut errors);
        }
        if let (Ok(case), Ok(message)) = (&case, &message) {
            check_message(case, message, &mut errors);
        }
        errors
    }

    fn check_case(&self, case: &str, errors: &mut Vec<String>) {
        let mut id = self.name.splitn(3, '-');
        let rule = match (id.next(), id.next(), id.next()) {
            (Some(set), Some(number), Some(_)) => format!("{}-{number}", set.to_uppercase()),
            _ => "the rule".into(),
        };
        let mut lines = case.lines();
        // REUSE-IgnoreStart
        if lines.next() != Some("// SPDX-License-Identifier: GPL-2.0-only") {
            // REUSE-IgnoreEnd
            errors.push("line 1 is not the SPDX tag".into());
        }
        if !lines
            .next()
            .is_some_and(|line| line.starts_with(&format!("// {rule}: ")))
        {
            errors.push(format!("line 2 does not state {rule}"));
        }
        let most = MAX_CASE * mistakes(case);
        if case.lines().count() > most {
            errors.push(format!("it is longer than {most} lines"));
        }

        // A pattern would do for `ui_test`, but on another toolchain only codes are the same.
        let mut annotations = case
            .lines()
            .filter_map(|line| line.split_once("//~"))
            .peekable();
        if annotations.peek().is_none() {
            errors.push("no error is annotated".into());
        }
        for (_, annotation) in annotations {
            let code = annotation.trim_start_matches(['^', 'v', '|']).trim();
            let is_code = code.len() == 5
                && code.starts_with('E')
                && code[1..].chars().all(|c| c.is_ascii_digit());
            let is_lint =
                !code.is_empty() && code.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            if !is_code && !is_lint && code != NO_CODE {
                errors.push(format!("`{code}` is not an error code"));
            }
        }
    }
}

/// Whether a case or a twin is for the crate in a kernel, or for the one in a module, and for a
/// kernel with `CONFIG_PER_VMA_LOCK`.
pub fn is_for(path: &Path, in_tree: bool, per_vma_lock: bool) -> bool {
    let excludes = |line: &str| match line {
        MODULE_ONLY => in_tree,
        IN_TREE => !in_tree,
        NO_VMA_LOCK => in_tree || per_vma_lock,
        _ => false,
    };
    !fs::read_to_string(path).is_ok_and(|file| file.lines().any(excludes))
}

fn sorted(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(dir)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn check_twin(case: &str, twin: &str, errors: &mut Vec<String>) {
    if !twin.lines().any(|line| line == "//@check-pass") {
        errors.push("the twin has no //@check-pass".into());
    }
    for marker in [MODULE_ONLY, IN_TREE] {
        let has = |file: &str| file.lines().any(|line| line == marker);
        if has(case) != has(twin) {
            errors.push(format!("{marker} is not in both the case and the twin"));
        }
    }
    let (removed, added) = difference(&code(case), &code(twin));
    let lines = removed.max(added);
    let most = MAX_DIFFERENCE * mistakes(case);
    if lines > most {
        errors.push(format!(
            "the twin differs in {lines} lines, at most {most} may"
        ));
    }
}

/// How many mistakes there are in a case.
fn mistakes(case: &str) -> usize {
    case.lines()
        .filter(|line| line.contains("//~"))
        .count()
        .max(1)
}

/// The lines of a file without what is meant for the test.
fn code(file: &str) -> Vec<&str> {
    file.lines()
        .filter(|line| !line.starts_with("//@"))
        .map(|line| line.split("//~").next().unwrap_or_default().trim_end())
        .collect()
}

/// How many lines `from` has that `to` has not, and the other way round.
fn difference(from: &[&str], to: &[&str]) -> (usize, usize) {
    // The length of the longest common subsequence of what was seen so far.
    let mut common = vec![0; to.len() + 1];
    for a in from {
        let mut diagonal = 0;
        for (i, b) in to.iter().enumerate() {
            let above = common[i + 1];
            common[i + 1] = if a == b {
                diagonal + 1
            } else {
                above.max(common[i])
            };
            diagonal = above;
        }
    }
    let common = common[to.len()];
    (from.len() - common, to.len() - common)
}

fn check_message(case: &str, message: &str, errors: &mut Vec<String>) {
    let lines = message.trim_end().lines().count();
    let most = MAX_MESSAGE * mistakes(case);
    if lines > most {
        errors.push(format!(
            "the message has {lines} lines, at most {most} may be"
        ));
    }

    if message.lines().any(|line| line.starts_with("warning")) {
        errors.push("the message has a warning beside the error".into());
    }

    let tag = |tag| case.lines().find_map(|line| line.strip_prefix(tag));
    let (name, known) = match (tag("//@lock:"), tag("//@driver:")) {
        (Some(lock), None) => (lock.trim(), LOCKS),
        (None, Some(thing)) => (thing.trim(), DRIVER),
        _ => {
            errors.push("no //@lock: or //@driver: says what the message must name".into());
            return;
        }
    };
    if !known.contains(&name) {
        errors.push(format!("`{name}` is not the name of such a thing"));
    }
    // The name of a file says nothing to who reads the message.
    let is_path = |line: &str| {
        let line = line.trim_start();
        line.starts_with("-->") || line.starts_with(":::")
    };
    // With a path only where the name alone could be another type's.
    let message = message
        .replace("mmguard::", "")
        .replace("kernel::mm::guard::", "");
    if !message
        .lines()
        .any(|line| !is_path(line) && names(line, name))
    {
        errors.push(format!("the message does not name `{name}`"));
    }
}

/// Whether `name` stands in `line`, and not just as a part of a longer one.
fn names(line: &str, name: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(name)
        .any(|(i, _)| !line[..i].ends_with(is_name) && !line[i + name.len()..].starts_with(is_name))
}
