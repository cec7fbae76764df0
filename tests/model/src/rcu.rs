// SPDX-License-Identifier: GPL-2.0-only

//! RCU as an explicit grace period: readers are counted in two phases, and a
//! grace period ends when the readers of the phase before it have gone. Readers
//! that begin later do not hold it up.
//!
//! loom has no RCU. This one orders what the kernel's orders: all of a reader
//! comes before the end of a grace period, or after its begin.

use loom::sync::{Condvar, Mutex};

#[derive(Default)]
struct State {
    phase: usize,
    readers: [u32; 2],
}

pub struct Rcu {
    state: Mutex<State>,
    gone: Condvar,
}

/// Evidence of a read-side critical section.
#[must_use = "rcu_read_unlock()"]
pub struct RcuRead<'r> {
    rcu: &'r Rcu,
    phase: usize,
}

impl Rcu {
    pub fn new() -> Self {
        Self {
            state: Mutex::new(State::default()),
            gone: Condvar::new(),
        }
    }

    pub fn read_lock(&self) -> RcuRead<'_> {
        let mut state = self.state.lock().expect("a thread panicked");
        let phase = state.phase;
        state.readers[phase] += 1;
        RcuRead { rcu: self, phase }
    }

    /// synchronize_rcu(), and what call_rcu() waits for. One caller at a time.
    pub fn grace_period(&self) {
        let mut state = self.state.lock().expect("a thread panicked");
        let old = state.phase;
        state.phase = 1 - old;
        while state.readers[old] > 0 {
            state = self.gone.wait(state).expect("a thread panicked");
        }
    }
}

impl Default for Rcu {
    fn default() -> Self {
        Self::new()
    }
}

impl RcuRead<'_> {
    pub fn unlock(self) {
        let mut state = self.rcu.state.lock().expect("a thread panicked");
        state.readers[self.phase] -= 1;
        if state.readers[self.phase] == 0 {
            self.rcu.gone.notify_all();
        }
    }
}
