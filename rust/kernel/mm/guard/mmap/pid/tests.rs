// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the way from a PID to an mm.

use crate::mm::guard::mmap::pid::mm_from_pid;
use kernel::prelude::*;

#[kunit_tests(mmguard_pid)]
mod suite {
    use super::*;

    #[test]
    fn unknown_pids_are_refused() -> Result {
        for pid in [0, -1, i32::MIN, i32::MAX] {
            expect!(mm_from_pid(pid).err() == Some(ESRCH));
        }
        Ok(())
    }

    #[test]
    fn kernel_threads_are_refused() -> Result {
        // The test runs in one.
        expect!(mm_from_pid(current!().pid()).err() == Some(EINVAL));
        Ok(())
    }
}
