// SPDX-License-Identifier: GPL-2.0-only

//! Somebody's own modules: loaded, unloaded, and what the kernel logs meanwhile.

use crate::load_test;
use mmguard_vm::tap::{Failure, Tap};
use nix::kmod::{delete_module, DeleteModuleFlags};
use std::{
    ffi::CString,
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// Loads the modules in the order that kbuild has them in, and unloads them.
pub fn tests(tap: &mut Tap) {
    let order = fs::read_to_string("/lib/modules/modules.order").unwrap_or_default();
    let names = order
        .lines()
        .filter_map(|object| Path::new(object).file_stem()?.to_str());
    let mut log = Log::open().expect("/dev/kmsg opens");
    let mut loaded = Vec::new();
    for name in names {
        if load_test(tap, name, c"") {
            loaded.push(name);
        }
        log.show();
    }
    for name in loaded.iter().rev() {
        tap.test(&format!("{name} unloads"), || unload(name));
        log.show();
    }
}

pub fn unload(name: &str) -> Result<&'static str, Failure> {
    let name = CString::new(name.replace('-', "_")).map_err(|err| err.to_string())?;
    delete_module(&name, DeleteModuleFlags::O_NONBLOCK)
        .map(|()| "")
        .map_err(|err| err.to_string())
}

/// The kernel's log, from now on.
pub struct Log(File);

impl Log {
    pub fn open() -> std::io::Result<Self> {
        let mut file = File::options()
            .read(true)
            .custom_flags(nix::libc::O_NONBLOCK)
            .open("/dev/kmsg")?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self(file))
    }

    /// The next line, if there is one already: when it came, in microseconds, and its text.
    pub fn next(&mut self) -> Option<(u64, String)> {
        let mut record = [0; 8192];
        // A read is one record: "priority,number,microseconds,flags;text", and further lines.
        loop {
            let length = self.0.read(&mut record).ok()?;
            let record = String::from_utf8_lossy(&record[..length]);
            let Some((prefix, text)) = record.split_once(';') else {
                continue;
            };
            let time = prefix.split(',').nth(2).and_then(|time| time.parse().ok());
            let text = text.lines().next().unwrap_or_default();
            return Some((time.unwrap_or_default(), text.into()));
        }
    }

    /// Prints what is new, as dmesg does.
    fn show(&mut self) {
        while let Some((time, text)) = self.next() {
            println!("[{:5}.{:06}] {text}", time / 1_000_000, time % 1_000_000);
        }
    }
}
