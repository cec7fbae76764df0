// SPDX-License-Identifier: GPL-2.0-only

//! `mmpool`: shows what `/dev/mmpool` does with memory that it maps.

mod demo;

use clap::{Parser, Subcommand};
use mmpool::{
    device::{Device, PATH},
    uapi::KIND_PAGES,
};
use nix::{errno::Errno, libc};
use std::{fmt::Display, io, process::ExitCode};

/// Shows what /dev/mmpool does with memory that it maps.
///
/// Exits 0 if all went well; 1 if the memory was not as it should be; 2 if something could not be
/// done.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Args),
    /// Shows how many objects there are.
    Stats,
}

/// The exit code and what to say.
struct Failure(u8, String);

impl Failure {
    /// Something could not be done.
    fn errno(what: impl Display, err: Errno) -> Self {
        let next = match err {
            Errno::ENOTTY => {
                ": the module and this client are of different versions; build and load both from \
                 one tree"
            }
            Errno::ENOMEM => ": free some memory, or name fewer pages",
            _ => "",
        };
        Self(2, format!("{what}: {err}{next}"))
    }
}

fn open() -> Result<Device, Failure> {
    Device::open().map_err(|err: io::Error| {
        let next = match err.raw_os_error() {
            Some(libc::ENOENT) => ": the module is not loaded; load it: insmod mmpool.ko",
            Some(libc::ENXIO | libc::ENODEV) => ": nothing is behind the device; insmod mmpool.ko",
            Some(libc::EACCES | libc::EPERM) => ": only root may; run this as root",
            _ => "",
        };
        Failure(2, format!("cannot open {PATH}: {err}{next}"))
    })
}

/// Opens the device, and makes an object.
fn open_object(kind: u32, flags: u32, pages: u64) -> Result<Device, Failure> {
    let device = open()?;
    let made = device.set_up(kind, flags, pages);
    made.map_err(|err| Failure::errno("cannot set the object up", err))?;
    Ok(device)
}

fn stats_failure(err: Errno) -> Failure {
    Failure::errno("cannot read the counts", err)
}

fn stats() -> Result<(), Failure> {
    // It takes an object to ask.
    let device = open_object(KIND_PAGES, 0, 1)?;
    let stats = device.stats().map_err(stats_failure)?;
    println!("objects, without the one that asks: {}", stats.objects - 1);
    Ok(())
}

fn main() -> ExitCode {
    // A reader that has seen enough, such as `head`, ends this quietly.
    // SAFETY: No handler is involved.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    let result = match Args::parse().command {
        Command::Demo(args) => demo::run(&args),
        Command::Stats => stats(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(code, text)) => {
            eprintln!("mmpool: {text}");
            ExitCode::from(code)
        }
    }
}
