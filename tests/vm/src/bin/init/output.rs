// SPDX-License-Identifier: GPL-2.0-only

//! What the client writes: names that are not what they seem, and much of it.

use crate::{
    client,
    subject::Subject,
    task::{Task, LONG},
};
use mmguard_vm::{
    tap::{text, Failure, Tap},
    PAGE,
};
use nix::{errno::Errno, libc};
use std::{
    fs::{self, File},
    io::Read,
    os::fd::{FromRawFd, OwnedFd},
    process::{Command, Stdio},
    ptr, thread,
    time::{Duration, Instant},
};

/// How many VMAs a process makes.
const VMAS: usize = 10_000;
/// The most memory that the client may take for them, in KiB.
const MOST: usize = 12 << 10;

pub fn tests(tap: &mut Tap) {
    let mut odd = None;
    tap.test("a process has odd names", || {
        let many = Subject::spawn(&["many"])?;
        many.stop();
        odd = Some(many);
        Ok("")
    });
    let Some(odd) = odd else { return };
    let pid = odd.pid().to_string();
    let calls = [
        &["maps", &pid][..],
        &["maps", &pid, "--json"],
        &["maps", &pid, "--check"],
        &["pages", &pid],
        &["pages", &pid, "--json"],
        &["pages", &pid, "--check"],
    ];
    tap.test(
        "a name that is not UTF-8 does not end the check of pages",
        || client(&["pages", &pid, "--check"]),
    );
    tap.test("names are escaped, and can be told apart", || {
        for args in calls {
            names(args)?;
        }
        Ok("")
    });
    tap.test("the client says that it cannot write", || {
        let full = || File::options().write(true).open("/dev/full").map_err(text);
        for args in calls {
            let output = command(args).stdout(full()?).output().map_err(text)?;
            let said = String::from_utf8_lossy(&output.stderr);
            if output.status.code() != Some(2) || !said.contains("cannot write: No space left") {
                return Err(format!("{args:?}: {}: {said}", output.status));
            }
            let mut mute = command(args);
            let status = mute
                .stdout(full()?)
                .stderr(full()?)
                .status()
                .map_err(text)?;
            if status.code() != Some(2) {
                return Err(format!("{args:?}, without stderr: {status}"));
            }
        }
        Ok("")
    });
    tap.test("JSON is written in large pieces", || {
        Ok([
            large_pieces(&["maps", &pid, "--json"])?,
            large_pieces(&["pages", &pid, "--json"])?,
        ]
        .join(", "))
    });
    drop(odd);
    tap.test("the client takes little memory for 10,000 VMAs", || {
        let target = Task::spawn(be_many)?;
        let pid = target.pid.to_string();
        let begin = Instant::now();
        loop {
            let maps = fs::read(format!("/proc/{pid}/maps")).map_err(text)?;
            match maps.iter().filter(|&&byte| byte == b'\n').count() {
                lines if lines > VMAS => break,
                lines if begin.elapsed() > LONG => return Err(format!("only {lines} VMAs")),
                _ => thread::sleep(Duration::from_millis(100)),
            }
        }
        little_memory(&["pages", &pid, "--check"])
    });
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new("/bin/mmscope");
    command.args(args);
    command
}

fn names(args: &[&str]) -> Result<(), Failure> {
    let output = command(args).output().map_err(text)?;
    let shown = String::from_utf8(output.stdout).map_err(|err| format!("{args:?}: {err}"))?;
    if !output.status.success() {
        return Err(format!("{args:?}: {}", output.status));
    }
    if shown.chars().any(|c| c.is_control() && c != '\n') {
        return Err(format!("{args:?}: a control character"));
    }
    // The backslashes are doubled again in JSON.
    let shown = if args.contains(&"--json") {
        shown.replace("\\\\", "\\")
    } else {
        shown
    };
    let mut said = vec!["\\u{1b}[31mred"];
    if !args.contains(&"--check") {
        said = vec![
            "/new\\nline back\\\\slash  two spaces",
            "/new\\\\012line back\\\\slash  two spaces",
            "/\\xff\\xfe(deleted)",
        ];
    }
    match said.into_iter().find(|name| !shown.contains(name)) {
        Some(name) => Err(format!("{args:?}: not shown: {name}\n{shown}")),
        None => Ok(()),
    }
}

/// Runs the client with a pipe that keeps the pieces apart, up to 4096 bytes of each.
fn large_pieces(args: &[&str]) -> Result<String, Failure> {
    let mut fds = [0; 2];
    // SAFETY: There is room for two.
    let result = unsafe { libc::pipe2(fds.as_mut_ptr(), libc::O_DIRECT | libc::O_CLOEXEC) };
    Errno::result(result).map_err(|err| format!("pipe2: {err}"))?;
    // SAFETY: The file descriptors are new.
    let (mut reader, writer) = unsafe { (File::from_raw_fd(fds[0]), OwnedFd::from_raw_fd(fds[1])) };
    let mut child = command(args)
        .stdout(Stdio::from(writer))
        .spawn()
        .map_err(text)?;
    let mut buf = [0; 2 * PAGE];
    let (mut pieces, mut bytes) = (0, 0);
    loop {
        match reader.read(&mut buf).map_err(text)? {
            0 => break,
            len => bytes += len,
        }
        pieces += 1;
    }
    let status = child.wait().map_err(text)?;
    let said = format!("{args:?}: {bytes} bytes in {pieces} pieces");
    if !status.success() || pieces * 2048 > bytes {
        return Err(said);
    }
    Ok(said)
}

/// Makes many mappings, and stays.
fn be_many() -> Result<(), Errno> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: It maps over nothing, and what is changed is in the mapping.
    unsafe {
        let map = libc::mmap(ptr::null_mut(), VMAS * PAGE, libc::PROT_NONE, flags, -1, 0);
        if map == libc::MAP_FAILED {
            return Err(Errno::last());
        }
        for i in (0..VMAS).step_by(2) {
            Errno::result(libc::mprotect(
                map.byte_add(i * PAGE),
                PAGE,
                libc::PROT_READ,
            ))?;
        }
        loop {
            libc::pause();
        }
    }
}

/// Runs the client, and looks at the most memory that it has had until it ends.
fn little_memory(args: &[&str]) -> Result<String, Failure> {
    let mut child = command(args).spawn().map_err(text)?;
    let path = format!("/proc/{}/status", child.id());
    let mut most = 0;
    let status = loop {
        let status = fs::read_to_string(&path).map_err(text)?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        // A zombie has no such line.
        if let Some(size) = line.and_then(|line| line.trim().strip_suffix(" kB")) {
            most = size.parse::<usize>().map_err(text)?;
        }
        if let Some(status) = child.try_wait().map_err(text)? {
            break status;
        }
        thread::sleep(Duration::from_millis(5));
    };
    let said = format!("{most} KiB");
    if !status.success() || most == 0 || most > MOST {
        return Err(format!("{said}, {status}"));
    }
    Ok(said)
}
