// SPDX-License-Identifier: GPL-2.0-only

//! What `mmpool` shows, for each kind of object, and when its module can be unloaded.

use crate::load;
use mmguard_vm::tap::{Failure, Tap};
use mmpool::{device::Device, mapping::Mapping, uapi::KIND_PAGES};
use nix::{
    errno::Errno,
    kmod::{delete_module, DeleteModuleFlags},
};
use std::{fs, process::Command};

/// The kinds of objects, as the client names them.
const KINDS: [&str; 5] = ["pages", "pfns", "mixed", "pages-at-mmap", "pfns-at-mmap"];

pub fn tests(tap: &mut Tap) {
    tap.test(
        "the client says that the module is not loaded",
        || match client(&["stats"]) {
            Err(text) if text.contains("insmod mmpool.ko") => Ok(text),
            result => Err(format!("{result:?}")),
        },
    );
    crate::load_test(tap, "mmpool", c"");
    for kind in KINDS {
        tap.test(&format!("the demo of {kind}"), || {
            let text = client(&["demo", "--kind", kind])?;
            println!("\nmmpool demo --kind {kind}\n{text}");
            Ok("")
        });
    }
    tap.test("the demo of a cache that the kernel frees", || {
        let text = client(&["demo", "--pages", "300", "--purge"])?;
        let freed = text.lines().find(|line| line.contains("of a cache"));
        Ok(freed.unwrap_or_default().to_owned())
    });
    tap.test("no object is left", || match client(&["stats"])? {
        text if text.trim_end().ends_with(": 0") => Ok(text),
        text => Err(text),
    });
    tap.test("the module unloads, but neither open nor mapped", unloads);
}

fn unloads() -> Result<&'static str, Failure> {
    let unload = || delete_module(c"mmpool", DeleteModuleFlags::O_NONBLOCK);
    let users = fs::read_to_string("/sys/module/mmpool/refcnt");
    let stays = users.map_err(|err| format!("refcnt: {err}"))?.trim() != "0";
    let device = Device::open().map_err(|err| err.to_string())?;
    let made = device.set_up(KIND_PAGES, 0, 1);
    made.map_err(|err| err.to_string())?;
    let mapping = Mapping::new(&device, 1, true).map_err(|err| err.to_string())?;
    mapping.store(0, 1);
    let refuses = |kept_by| match unload() {
        Err(Errno::EWOULDBLOCK) => Ok(()),
        result => Err(format!("kept by {kept_by}: {result:?}")),
    };
    refuses("a file and a mapping")?;
    drop(device);
    refuses("a mapping")?;
    if mapping.load(0) != 1 {
        return Err("the content is gone with the file".into());
    }
    drop(mapping);
    if stays {
        return Ok("the device of this kernel has no owner, so the module stays");
    }
    unload().map_err(|err| format!("neither open nor mapped: {err}"))?;
    load("mmpool", c"")?;
    Ok("")
}

/// Runs the client. Returns what it prints.
fn client(args: &[&str]) -> Result<String, Failure> {
    let output = Command::new("/bin/mmpool")
        .args(args)
        .output()
        .map_err(|err| format!("/bin/mmpool: {err}"))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        return Ok(stdout.into_owned());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "{stdout}{stderr}mmpool {}: {}",
        args.join(" "),
        output.status
    ))
}
