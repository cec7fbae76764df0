// SPDX-License-Identifier: GPL-2.0-only

//! A model of the protocol of the VMA lock, and one of the teardown of page tables.
//!
//! Each step is transcribed from the C of Linux 7.3.4, and names where it stands
//! there. `tests/model/functions` says which of the functions another kernel has
//! changed. loom runs the scenarios of [`property`] in every interleaving, and with
//! every value that a load may return under the memory model of C11, up to a bound
//! on preemptions. [`mutant`] takes the steps away, one at a time: what no property
//! notices was not shown to be needed.
//!
//! Assumed: locks and RCU work; a control dependency orders as an acquire fence, and
//! smp_wmb() as a release fence. Both are stronger than in the kernel's memory model,
//! which `litmus/` asks instead. Documentation/model.md tells the rest.

pub mod class;
pub mod fault;
pub mod mm;
pub mod mutant;
pub mod observer;
pub mod property;
pub mod rcu;
pub mod rcuwait;
pub mod reader;
pub mod seen;
pub mod sync;
pub mod table;
pub mod teardown;
#[path = "../../contend/uapi.rs"]
pub mod uapi;
pub mod vma;
pub mod world;
pub mod writer;
