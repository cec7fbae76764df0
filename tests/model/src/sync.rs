// SPDX-License-Identifier: GPL-2.0-only

//! What the models stand on: locks, fields and memory that can be freed.
//!
//! The locks are not transcribed. A semaphore or a spinlock is correct here by
//! assumption, and orders everything before its release before everything after
//! its acquisition.

use crate::mutant::{on, Mutant};
use loom::cell::UnsafeCell;
use loom::sync::{Condvar, Mutex, MutexGuard};

/// A field that is read and written plainly. An access that is not ordered after
/// an earlier write, or a write that is not ordered after an earlier access, ends
/// the exploration: "Causality violation".
pub struct Field<T>(UnsafeCell<T>);

impl<T: Copy> Field<T> {
    pub fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    pub fn get(&self) -> T {
        // SAFETY: loom runs one thread at a time, and ends a run with a race.
        self.0.with(|p| unsafe { *p })
    }

    pub fn set(&self, value: T) {
        // SAFETY: as in get().
        self.0.with_mut(|p| unsafe { *p = value });
    }
}

// SAFETY: loom reports every access that is not ordered.
unsafe impl<T: Send> Sync for Field<T> {}

/// The memory of an object. Touching it and freeing it must be ordered.
pub struct Memory {
    what: &'static str,
    present: Field<bool>,
}

impl Memory {
    pub fn new(what: &'static str) -> Self {
        Self {
            what,
            present: Field::new(true),
        }
    }

    pub fn touch(&self) {
        assert!(self.present.get(), "{} used after it was freed", self.what);
    }

    pub fn free(&self) {
        self.touch();
        self.present.set(false);
    }
}

/// A spinlock.
pub struct SpinLock(Mutex<()>);

impl SpinLock {
    pub fn new() -> Self {
        Self(Mutex::new(()))
    }

    pub fn lock(&self) -> MutexGuard<'_, ()> {
        self.0.lock().expect("a thread panicked")
    }
}

impl Default for SpinLock {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Default)]
struct Holders {
    readers: u32,
    writer: bool,
}

/// A read/write semaphore (struct rw_semaphore). That a waiting writer keeps new
/// readers out is not modelled: any thread that may have the lock may get it.
pub struct RwSem {
    holders: Mutex<Holders>,
    changed: Condvar,
}

impl RwSem {
    pub fn new() -> Self {
        Self {
            holders: Mutex::new(Holders::default()),
            changed: Condvar::new(),
        }
    }

    fn holders(&self) -> MutexGuard<'_, Holders> {
        self.holders.lock().expect("a thread panicked")
    }

    fn wait<'a>(&self, held: MutexGuard<'a, Holders>) -> MutexGuard<'a, Holders> {
        self.changed.wait(held).expect("a thread panicked")
    }

    pub fn down_write(&self) {
        let mut held = self.holders();
        while held.writer || held.readers > 0 {
            held = self.wait(held);
        }
        held.writer = true;
    }

    pub fn up_write(&self) {
        let mut held = self.holders();
        assert!(held.writer, "up_write() without the lock");
        held.writer = false;
        self.changed.notify_all();
    }

    pub fn down_read(&self) {
        let mut held = self.holders();
        while held.writer {
            held = self.wait(held);
        }
        held.readers += 1;
    }

    pub fn down_read_trylock(&self) -> bool {
        let mut held = self.holders();
        if held.writer {
            return false;
        }
        held.readers += 1;
        true
    }

    pub fn up_read(&self) {
        let mut held = self.holders();
        assert!(held.readers > 0, "up_read() without the lock");
        held.readers -= 1;
        if held.readers == 0 {
            self.changed.notify_all();
        }
    }

    /// One step: no writer comes in between.
    pub fn downgrade_write(&self) {
        if on(Mutant::DowngradeInTwoSteps) {
            self.up_write();
            self.down_read();
            return;
        }
        let mut held = self.holders();
        assert!(held.writer, "downgrade_write() without the lock");
        held.writer = false;
        held.readers += 1;
        self.changed.notify_all();
    }

    pub fn is_write_locked(&self) -> bool {
        self.holders().writer
    }

    pub fn is_locked(&self) -> bool {
        let held = self.holders();
        held.writer || held.readers > 0
    }
}

impl Default for RwSem {
    fn default() -> Self {
        Self::new()
    }
}
