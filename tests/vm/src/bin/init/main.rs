// SPDX-License-Identifier: GPL-2.0-only

//! The first process of the test VM.
//!
//! It runs the plan that `mmguard.plan=` on the kernel command line names, writes the results to
//! the second serial port, and switches the machine off, whatever happens.

#[cfg(target_arch = "x86_64")]
mod bench;
mod binder;
mod calls;
#[path = "../../../../model/src/class.rs"]
mod class;
mod conform;
mod contend;
mod demo;
mod device;
mod drivers;
#[path = "../../../../splat/kinds.rs"]
mod kinds;
mod load;
mod mmpool;
mod moving;
mod mutants;
mod no_memory;
mod output;
mod pages;
mod sparse;
mod subject;
mod task;
mod vanish;
mod wss;

use contend::uapi;
use kinds::KINDS;
use mmguard_vm::tap::{note, silence, text, Failure, Tap};
use nix::{
    errno::Errno,
    kmod::{delete_module, finit_module, DeleteModuleFlags, ModuleInitFlags},
    libc,
    mount::{mount, MsFlags},
    sys::{
        reboot::{reboot, RebootMode},
        wait::{waitpid, WaitPidFlag, WaitStatus},
    },
};
use std::{
    ffi::{CStr, CString},
    fs::{self, File},
    io::ErrorKind,
    os::fd::AsRawFd,
    panic,
    process::Command,
    thread,
    time::Duration,
};
use subject::Subject;
use task::Task;

/// The second serial port. Where the first one is of another kind, this has its number.
#[cfg(target_arch = "x86_64")]
const RESULTS: &str = "/dev/ttyS1";
#[cfg(not(target_arch = "x86_64"))]
const RESULTS: &str = "/dev/ttyS0";

/// After this many seconds in which the plan told of nothing, the machine is switched off, unless
/// `mmguard.timeout=` says otherwise. How long all of it takes depends on the host.
const TIMEOUT: u64 = 240;

/// How often what needs chance is repeated: once, unless `mmguard.times=` says otherwise.
fn times() -> u64 {
    let cmdline = fs::read_to_string("/proc/cmdline").unwrap_or_default();
    let times = option(&cmdline, "mmguard.times").and_then(|s| s.parse().ok());
    times.unwrap_or(1)
}

/// The most rows of a quiet process that may need the mmap lock, in percent.
const MAX_FALLBACK: &str = "5";

fn main() {
    if std::process::id() != 1 {
        eprintln!("init: this is the first process of a VM; see scripts/vm");
        std::process::exit(2);
    }
    let result = panic::catch_unwind(|| {
        set_up();
        let cmdline = fs::read_to_string("/proc/cmdline").unwrap_or_default();
        watch(option(&cmdline, "mmguard.timeout").and_then(|s| s.parse().ok()));
        let plan = option(&cmdline, "mmguard.plan").unwrap_or("none");
        note(format_args!("plan {plan}"));
        let mut tap = Tap::default();
        run_plan(&mut tap, plan, &cmdline);
        reap();
        tap.finish();
    });
    if result.is_err() {
        println!("not ok - init panicked");
    }
    println!("mmguard-vm: done");
    power_off();
}

fn run_plan(tap: &mut Tap, plan: &str, cmdline: &str) {
    if let Some(kinds) = plan.strip_prefix("splat-") {
        for kind in kinds.split(',') {
            match KINDS.iter().position(|&(name, _)| name == kind) {
                Some(i) => splat(tap, i + 1),
                None => unknown(tap, plan),
            }
        }
        return;
    }
    match plan {
        // What is tested is over when this runs.
        "boot" => drop(tap.test("the kernel boots", || Ok::<_, Failure>(""))),
        "run" => show_and_compare(tap, true),
        "load" => load::tests(tap),
        "mmpool" => mmpool::tests(tap),
        "mmpool-churn" | "mmpool-hostile" | "mmpool-race" => {
            mmpool::long(tap, plan.trim_start_matches("mmpool-"), cmdline)
        }
        "mmpool-stress" => mmpool::stressed(tap),
        "mmpool-selftest" => mmpool::selftest(tap),
        "mmpool-demo" => demo::tests(tap),
        "mmscope" => mmscope(tap, true),
        "pages" => {
            pages::tests(tap);
            output::tests(tap);
        }
        "nosmp" => {
            load_test(tap, "mmguard_template", c"");
            mmscope(tap, false);
            wss::without_means(tap);
            contend::without_vma_locks(tap);
        }
        "binder" => binder::tests(tap),
        "conform" => conform::tests(tap),
        "contend" => contend::tests(tap),
        "drivers" => drivers::tests(tap),
        "mutants" => mutants::tests(tap, cmdline),
        "vanish" => vanish::tests(tap),
        #[cfg(target_arch = "x86_64")]
        "bench" => bench::tests(tap),
        "wss" => wss::in_tree(tap),
        "wss-module" => {
            load_test(tap, "mmscope", c"");
            wss::module(tap);
        }
        "kunit" => drop(load_test(tap, "mmguard_kunit", c"")),
        _ => unknown(tap, plan),
    }
}

/// Makes the kernel complain, beside another process.
///
/// A child does it, as there is a kind that kills its process.
fn splat(tap: &mut Tap, kind: usize) {
    tap.test("mmguard_splat loads", || {
        let other = Subject::spawn(&["few"])?;
        let parameters = CString::new(format!("kind={kind} pid={}", other.pid())).unwrap();
        let file = open_module("mmguard_splat")?;
        let mut task = Task::spawn(|| finit_module(&file, &parameters, ModuleInitFlags::empty()))?;
        let end = task.end()?;
        match fs::read_to_string("/sys/module/mmguard_splat/initstate") {
            Ok(state) if state.trim() == "live" => load::unload("mmguard_splat"),
            state => Err(format!("{end:?}, {state:?}; see the kernel log")),
        }
    });
}

fn unknown(tap: &mut Tap, plan: &str) {
    tap.test("a known plan", || {
        Err::<&str, _>(format!("no plan is named {plan}"))
    });
}

fn option<'a>(cmdline: &'a str, name: &str) -> Option<&'a str> {
    cmdline
        .split_whitespace()
        .find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
}

/// Mounts what is needed, and sends the output to the second serial port.
fn set_up() {
    for (kind, target) in [
        ("proc", "/proc"),
        ("sysfs", "/sys"),
        ("devtmpfs", "/dev"),
        ("tmpfs", "/tmp"),
    ] {
        let _ = fs::create_dir_all(target);
        if let Err(err) = mount(
            Some(kind),
            target,
            Some(kind),
            MsFlags::empty(),
            None::<&str>,
        ) {
            // Where the kernel mounts it by itself, it is there already.
            if err != Errno::EBUSY {
                eprintln!("init: cannot mount {target}: {err}");
            }
        }
    }
    match File::options().read(true).write(true).open(RESULTS) {
        Ok(tty) => {
            for fd in 0..3 {
                // SAFETY: Nothing else uses the standard streams yet.
                unsafe { libc::dup2(tty.as_raw_fd(), fd) };
            }
        }
        Err(err) => eprintln!("init: cannot open {RESULTS}: {err}"),
    }
    let _ = fs::write("/proc/sys/vm/nr_hugepages", "8");
}

/// Switches the machine off when the plan hangs.
fn watch(seconds: Option<u64>) {
    let seconds = seconds.unwrap_or(TIMEOUT);
    thread::spawn(move || {
        while silence() < Duration::from_secs(seconds) {
            thread::sleep(Duration::from_secs(1));
        }
        println!("not ok - timeout");
        note(format_args!("nothing for {seconds} s; the tasks are:"));
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let dir = entry.path();
            if dir.is_symlink() {
                continue; // `self` and `thread-self`
            }
            let Ok(stack) = fs::read_to_string(dir.join("stack")) else {
                continue;
            };
            let comm = fs::read_to_string(dir.join("comm")).unwrap_or_default();
            note(format_args!("{} {}", dir.display(), comm.trim()));
            note(stack);
        }
        println!("mmguard-vm: done");
        power_off();
    });
}

/// Ends the VM.
fn power_off() -> ! {
    // SAFETY: It has no arguments.
    unsafe { libc::tcdrain(1) };
    nix::unistd::sync();
    // QEMU is told to exit then. Not every kernel can switch the machine off.
    let _ = reboot(RebootMode::RB_AUTOBOOT);
    loop {
        thread::sleep(Duration::from_secs(1));
    }
}

/// Reaps the children that nobody waited for.
fn reap() {
    while !matches!(
        waitpid(None, Some(WaitPidFlag::WNOHANG)),
        Err(_) | Ok(WaitStatus::StillAlive)
    ) {}
}

fn open_module(name: &str) -> Result<File, Failure> {
    let path = format!("/lib/modules/{name}.ko");
    File::open(&path).map_err(|err| format!("{path}: {err}"))
}

/// Loads a module, with the parameters that the kernel's command line has for it, too.
fn load(name: &str, parameters: &CStr) -> Result<String, Failure> {
    let file = open_module(name)?;
    let cmdline = fs::read_to_string("/proc/cmdline").map_err(text)?;
    let mut parameters = parameters.to_bytes().to_vec();
    for word in cmdline.split_whitespace() {
        if let Some(parameter) = word
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('.'))
        {
            parameters.push(b' ');
            parameters.extend_from_slice(parameter.as_bytes());
        }
    }
    let parameters = CString::new(parameters).map_err(text)?;
    finit_module(&file, &parameters, ModuleInitFlags::empty())
        .map_err(|err| format!("cannot load {name}: {err}; see the kernel log"))?;
    Ok(String::new())
}

fn load_test(tap: &mut Tap, name: &str, parameters: &CStr) -> bool {
    tap.test(&format!("{name} loads"), || load(name, parameters))
}

/// Sets something that not every kernel has.
fn set_if_there(path: &str, value: &str) -> Result<(), Failure> {
    match fs::write(path, value) {
        Err(err) if err.kind() != ErrorKind::NotFound => Err(format!("{path}: {err}")),
        _ => Ok(()),
    }
}

/// Has page faults map small pages, except where huge ones were asked for.
fn small_pages() -> Result<(), Failure> {
    set_if_there("/sys/kernel/mm/transparent_hugepage/enabled", "madvise")
}

/// Runs the client. Returns what it prints.
fn client(args: &[&str]) -> Result<String, Failure> {
    let output = Command::new("/bin/mmscope")
        .args(args)
        .output()
        .map_err(|err| format!("/bin/mmscope: {err}"))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        return Ok(stdout.into_owned());
    }
    Err(format!(
        "{stdout}{}mmscope {}: {}\n",
        String::from_utf8_lossy(&output.stderr),
        args.join(" "),
        output.status
    ))
}

/// Runs the client, which must exit with this and say that.
fn client_fails(args: &[&str], code: i32, says: &str) -> Result<String, Failure> {
    match client(args) {
        Err(text)
            if text.contains(says) && text.trim_end().ends_with(&format!("status: {code}")) =>
        {
            Ok(text)
        }
        result => Err(format!("{result:?}, not {code} and: {says}")),
    }
}

fn client_tests(tap: &mut Tap, vma_locks: bool) {
    tap.test("the client says why it cannot look", || {
        Ok([
            client_fails(&["maps", "2"], 2, "kernel thread")?,
            client_fails(&["maps", "4000000"], 2, "no such process")?,
            client_fails(&["maps", "0"], 2, "no such process")?,
            client_fails(&["maps", "-1"], 2, "no such process")?,
            client_fails(&["maps", "x"], 2, "neither a PID nor `self`")?,
        ]
        .concat())
    });
    tap.test("the client never takes moving for a difference", || {
        let mut moving = Subject::spawn(&["moving", "/tmp/counters", "1"])?;
        moving.go()?;
        let mut matches = 0;
        for _ in 0..10 {
            // It may have stood still for that moment.
            match client(&["maps", &moving.pid().to_string(), "--check"]) {
                Ok(_) => matches += 1,
                Err(text) if text.contains("kill -STOP") => {}
                Err(text) => return Err(text),
            }
        }
        Ok(format!("{matches} of 10 times it matched nevertheless"))
    });
    tap.test("the client writes JSON", || {
        let text = client(&["maps", "1", "--json"])?;
        match text.contains("\"comm\": \"init\"") && text.contains("\"name\": \"[stack]\"") {
            true => Ok(String::new()),
            false => Err(text),
        }
    });
    if !vma_locks {
        tap.test(
            "the client says that too many rows needed the mmap lock",
            || {
                client_fails(
                    &["maps", "1", "--check", "--max-fallback", "5"],
                    1,
                    "more than 5 %",
                )
            },
        );
    }
}

/// Shows a live process, and compares three with `/proc`.
fn show_and_compare(tap: &mut Tap, vma_locks: bool) {
    load_test(tap, "mmscope", c"");
    tap.test("mmscope shows a live process", || {
        let few = Subject::spawn(&["few"])?;
        println!("\nmmscope maps {}", few.pid());
        println!("{}", client(&["maps", &few.pid().to_string()])?);
        Ok("")
    });

    let mut summary = Vec::new();
    let mut pages = String::new();
    let mut check = |tap: &mut Tap, name: &str, pid: &str| {
        tap.test(name, || {
            let max = if vma_locks { MAX_FALLBACK } else { "100" };
            let line = client(&["maps", pid, "--check", "--max-fallback", max])?;
            summary.push(line.clone());
            Ok(line)
        });
    };
    check(tap, "PID 1 is as /proc says", "1");
    tap.test("the pages of PID 1 are as /proc says", || {
        let line = client(&["pages", "1", "--check"])?;
        pages = line.clone();
        Ok(line)
    });
    check(tap, "the client is as /proc says", "self");
    let many = Subject::spawn(&["many"]);
    if let Ok(many) = &many {
        many.stop();
        let name = "a stopped process of over 2,000 mappings is as /proc says";
        check(tap, name, &many.pid().to_string());
    }
    tap.test("the process of over 2,000 mappings has that many", || {
        let many = many?;
        let maps = fs::read(format!("/proc/{}/maps", many.pid())).map_err(|err| err.to_string())?;
        match maps.iter().filter(|&&byte| byte == b'\n').count() {
            count @ 2001.. => Ok(format!("{count} mappings")),
            count => Err(format!("only {count} mappings")),
        }
    });
    print!("\n{}{pages}\n", summary.concat());
}

/// Every test of the device and the client.
fn mmscope(tap: &mut Tap, vma_locks: bool) {
    tap.test("the client says that the module is not loaded", || {
        client_fails(&["maps", "1"], 2, "insmod mmscope.ko")
    });
    show_and_compare(tap, vma_locks);
    client_tests(tap, vma_locks);
    device::tests(tap, vma_locks);
    calls::tests(tap);
    sparse::tests(tap);
    moving::tests(tap, vma_locks);
    tap.test(
        "the module unloads, but not while the device is open",
        || {
            let unload = || {
                let name = CString::new("mmscope").unwrap();
                delete_module(&name, DeleteModuleFlags::O_NONBLOCK)
            };
            let users = fs::read_to_string("/sys/module/mmscope/refcnt");
            let stays = users.map_err(|err| format!("refcnt: {err}"))?.trim() != "0";
            let open = mmscope::device::Device::open().map_err(|err| err.to_string())?;
            let while_open = unload();
            if while_open != Err(Errno::EWOULDBLOCK) {
                return Err(format!("open: {while_open:?}"));
            }
            drop(open);
            if stays {
                return Ok("the device of this kernel has no owner, so the module stays".into());
            }
            unload().map_err(|err| format!("closed: {err}"))?;
            load("mmscope", c"")
        },
    );
}
