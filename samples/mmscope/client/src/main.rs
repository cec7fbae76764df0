// SPDX-License-Identifier: GPL-2.0-only

//! `mmscope`: shows the address space of a live process through `/dev/mmscope`.

mod commands;

use clap::{Parser, Subcommand};
use commands::{maps, pages, wss, Failure};
use nix::libc;
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// Shows the address space of a live process, read through /dev/mmscope.
///
/// Exits 0 if all went well; 1 if --check found a difference, or too many rows needed the mmap
/// lock; 2 if something could not be read; 3 if the process of --check kept moving.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Maps(maps::Args),
    Pages(pages::Args),
    Wss(wss::Args),
}

fn main() -> ExitCode {
    // A reader that has seen enough, such as `head`, ends this quietly.
    // SAFETY: No handler is involved.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    let result = match Args::parse().command {
        Command::Maps(args) => maps::run(&args),
        Command::Pages(args) => pages::run(&args),
        Command::Wss(args) => wss::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(code, text)) => {
            // The exit code tells it in any case.
            let _ = writeln!(io::stderr(), "mmscope: {text}");
            ExitCode::from(code)
        }
    }
}
