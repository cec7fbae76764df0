// SPDX-License-Identifier: GPL-2.0-only

//! The command line by which kbuild compiles a file that uses the crate.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command, //
};

/// How kbuild compiled a file.
pub struct Kbuild {
    /// The folder that the command runs in.
    pub root: PathBuf,
    /// The compiler.
    pub rustc: PathBuf,
    /// The flags, without the source file and what to emit.
    pub args: Vec<String>,
    /// The environment.
    pub envs: Vec<(String, String)>,
    /// Whether the kernel has `CONFIG_PER_VMA_LOCK`.
    pub per_vma_lock: bool,
    /// Whether the crate is in the kernel.
    pub in_tree: bool,
}

impl Kbuild {
    /// Reads how `samples/template` was compiled in its build folder, or `rust_minimal` in that of
    /// the kernel's samples, for the crate in the kernel.
    pub fn read(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let in_kernel = folder.join(".rust_minimal.o.cmd");
        let in_tree = in_kernel.exists();
        let path = match in_tree {
            true => in_kernel,
            false => folder.join(".template.o.cmd"),
        };
        let text = fs::read_to_string(&path)
            .map_err(|err| format!("{}: {err}; build the modules first", path.display()))?;
        let field = |key: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(key)?.split_once(" := "))
                .ok_or_else(|| format!("{}: no {key}", path.display()))
        };
        let (target, command) = field("savedcmd_")?;
        let (_, source) = field("source_")?;

        // The target is named from the folder that the command runs in.
        let folder = fs::canonicalize(folder)?;
        let root = folder
            .to_str()
            .and_then(|folder| folder.strip_suffix(Path::new(target).parent()?.to_str()?))
            .ok_or_else(|| format!("{}: {target} is not in this folder", path.display()))?;

        // After the source file there may be further commands.
        let command = command
            .split_once(&format!(" {source}"))
            .ok_or_else(|| format!("{}: no source file in the command", path.display()))?
            .0;
        let mut words = shell_words(command)?.into_iter().peekable();

        // As the kernel's Makefile exports it.
        let mut envs = vec![("RUSTC_BOOTSTRAP".into(), "1".into())];
        while let Some((key, value)) = words.peek().and_then(|word| word.split_once('=')) {
            envs.push((key.to_string(), value.to_string()));
            words.next();
        }
        let rustc = words.next().ok_or("no compiler in the command")?;

        let mut args = Vec::new();
        let mut per_vma_lock = false;
        while let Some(word) = words.next() {
            if word == "--out-dir" {
                words.next();
            } else if !word.starts_with("--emit") {
                if let Some(file) = word.strip_prefix('@') {
                    per_vma_lock |= fs::read_to_string(Path::new(root).join(file))?
                        .lines()
                        .any(|line| line == "--cfg=CONFIG_PER_VMA_LOCK");
                }
                args.push(word);
            }
        }
        // A message with a long type names a file that has another name each time.
        args.push("-Zwrite-long-types-to-disk=no".into());
        Ok(Self {
            root: root.into(),
            rustc: rustc.into(),
            args,
            envs,
            per_vma_lock,
            in_tree,
        })
    }

    /// Compiles `source`, a crate named `mmguard` for files that use the one in the kernel, into
    /// `dir`, and lets what is compiled use it.
    pub fn add_shim(&mut self, source: &Path, dir: &Path) -> Result<(), Box<dyn Error>> {
        fs::create_dir_all(dir)?;
        let shim = dir.join("libmmguard.rmeta");
        let status = Command::new(&self.rustc)
            .current_dir(&self.root)
            .envs(self.envs.iter().cloned())
            .args(&self.args)
            .arg("--crate-name=mmguard")
            .arg(source)
            .arg(format!("--emit=metadata={}", shim.display()))
            .status()?;
        if !status.success() {
            return Err(format!(
                "{}: {status}; is the crate in the kernel?",
                source.display()
            )
            .into());
        }
        self.args.push("--extern".into());
        self.args.push(format!("mmguard={}", shim.display()));
        Ok(())
    }

    /// The version of the compiler, such as `1.96.0`.
    pub fn rustc_version(&self) -> Result<String, Box<dyn Error>> {
        let output = Command::new(&self.rustc).arg("--version").output()?;
        String::from_utf8(output.stdout)?
            .split_whitespace()
            .nth(1)
            .map(str::to_string)
            .ok_or_else(|| format!("{}: no version", self.rustc.display()).into())
    }
}

/// Splits a command as the shell does.
fn shell_words(command: &str) -> Result<Vec<String>, Box<dyn Error>> {
    // Make has the dollar sign doubled.
    let command = command.replace("$$", "$");
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("printf '%s\\0' {command}"))
        .output()?;
    Ok(String::from_utf8(output.stdout)?
        .split_terminator('\0')
        .map(str::to_string)
        .collect())
}
