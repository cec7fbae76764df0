// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the way from a PID to an mm.

use super::super::mm_from_pid;
#[cfg(MODULE)]
use super::super::LockContext;
use kernel::prelude::*;

#[kunit_tests(mmguard_pid)]
mod suite {
    use super::*;

    // The suites of the kernel itself run before PID 1 has executed a program.
    #[test]
    #[cfg(MODULE)]
    fn init_has_an_mm() -> Result {
        let mm = mm_from_pid(1)?;
        let mut ctx = LockContext::new(&mm);
        expect!(ctx.mmap_read_lock().vmas(0).next().is_some());
        Ok(())
    }

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
