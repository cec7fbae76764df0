// SPDX-License-Identifier: GPL-2.0-only

//! Accesses to memory that may fail: the signal is a result.

use nix::{
    libc::{self, c_int, c_void, siginfo_t},
    sys::signal::{sigaction, SaFlags, SigAction, SigHandler, SigSet, Signal},
};
use std::arch::global_asm;

// Each access is the first instruction of its function, so it is known by its address. The signal
// handler has the function return what it says.
#[cfg(target_arch = "x86_64")]
global_asm!(
    ".globl mmguard_load",
    "mmguard_load:",
    "mov eax, dword ptr [rdi]",
    "ret",
    ".globl mmguard_store",
    "mmguard_store:",
    "mov dword ptr [rdi], esi",
    "xor eax, eax",
    "ret",
    ".globl mmguard_failed",
    "mmguard_failed:",
    "ret",
);
#[cfg(target_arch = "aarch64")]
global_asm!(
    ".globl mmguard_load",
    "mmguard_load:",
    "ldr w0, [x0]",
    "ret",
    ".globl mmguard_store",
    "mmguard_store:",
    "str w1, [x0]",
    "mov x0, #0",
    "ret",
    ".globl mmguard_failed",
    "mmguard_failed:",
    "ret",
);

extern "C" {
    fn mmguard_load(addr: usize) -> i64;
    fn mmguard_store(addr: usize, value: u32) -> i64;
    fn mmguard_failed();
}

/// Lets accesses of this process fail. Others that fail end the process, as ever.
pub fn let_fail() {
    let flags = SaFlags::SA_SIGINFO | SaFlags::SA_NODEFER;
    let action = SigAction::new(SigHandler::SigAction(handler), flags, SigSet::empty());
    for signal in [Signal::SIGBUS, Signal::SIGSEGV] {
        // SAFETY: The handler is one for `SA_SIGINFO`, and does nothing that is not allowed in it.
        unsafe { sigaction(signal, &action) }.expect("the signal can be handled");
    }
}

extern "C" fn handler(signal: c_int, _info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: The kernel gives the context of the thread, which nobody else has.
    let context = unsafe { &mut (*context.cast::<libc::ucontext_t>()).uc_mcontext };
    #[cfg(target_arch = "x86_64")]
    let (pc, result) = {
        let [pc, result] = [libc::REG_RIP, libc::REG_RAX].map(|register| register as usize);
        let (low, high) = context.gregs.split_at_mut(result + 1);
        (&mut high[pc - low.len()], &mut low[result])
    };
    #[cfg(target_arch = "aarch64")]
    let (pc, result) = (&mut context.pc, &mut context.regs[0]);

    let accesses = [mmguard_load as usize, mmguard_store as usize];
    if accesses.contains(&(*pc as usize)) {
        *pc = mmguard_failed as usize as _;
        *result = -i64::from(signal) as _;
    } else {
        // The instruction is tried again, and that ends the process.
        // SAFETY: It is the default action.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// Reads a word, which may be there or not.
pub fn load(addr: usize) -> Result<u32, Signal> {
    assert!(addr % size_of::<u32>() == 0);
    // SAFETY: A word is only read, and a failure is a result.
    said(unsafe { mmguard_load(addr) })
}

/// Writes a word, which may be there or not.
///
/// # Safety
///
/// If there is memory at `addr`, it is no Rust object's.
pub unsafe fn store(addr: usize, value: u32) -> Result<(), Signal> {
    assert!(addr % size_of::<u32>() == 0);
    // SAFETY: By the safety requirements. A failure is a result.
    said(unsafe { mmguard_store(addr, value) }).map(drop)
}

fn said(result: i64) -> Result<u32, Signal> {
    u32::try_from(result).map_err(|_| {
        // CAST: The handler put the number of a signal there.
        Signal::try_from(-result as c_int).expect("the handler knows the signal")
    })
}
