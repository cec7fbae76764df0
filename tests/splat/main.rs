// SPDX-License-Identifier: GPL-2.0-only

//! Makes the kernel complain, so that the tests can see that they notice.

use kernel::{
    prelude::*,
    warn_on, //
};
use mmguard::LockContext;

module! {
    type: SplatModule,
    name: "mmguard_splat",
    authors: ["mmguard developers"],
    description: "Deliberate kernel splats",
    license: "GPL",
    params: {
        kind: u8 {
            default: 0,
            description: "1: a WARN; 2: the mmap lock taken twice; 3: the mmap lock under a VMA lock",
        },
    },
}

struct SplatModule;

impl kernel::Module for SplatModule {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        match module_parameters::kind.value() {
            1 => {
                warn_on!(true);
            }
            2 => lock_twice()?,
            3 => lock_mmap_under_vma()?,
            _ => return Err(EINVAL),
        }
        Ok(Self)
    }
}

/// Takes a mmap lock twice for reading, by a second context, which the types cannot see.
fn lock_twice() -> Result {
    let current = current!();
    let mm = current.mm().ok_or(EINVAL)?;
    let mut first = LockContext::new(mm);
    let mut second = LockContext::new(mm);
    let guard = first.mmap_read_lock();
    drop(second.mmap_read_lock());
    drop(guard);
    Ok(())
}

/// Waits for the mmap lock while a VMA read lock is held, by a second context.
///
/// A VMA is written before that, so that lockdep knows the right order.
fn lock_mmap_under_vma() -> Result {
    let current = current!();
    let mm = current.mm().ok_or(EINVAL)?;
    let mut first = LockContext::new(mm);
    let mut second = LockContext::new(mm);

    let addr = first.walk_vmas(0).next_vma()?.ok_or(EINVAL)?.start();
    let _ = first.mmap_write_lock().vma_start_write(addr)?;
    let Ok(vma) = first.lock_vma_under_rcu(addr) else {
        return Err(EINVAL);
    };
    drop(second.mmap_read_lock());
    drop(vma);
    Ok(())
}
