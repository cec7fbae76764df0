// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the lock of the VMAs that map a file.

use crate::mm::guard::{
    order::{
        LockContext,
        NothingHeld, //
    },
    rmap::i_mmap::{
        i_mmap_lock_read,
        i_mmap_lock_write,
        i_mmap_trylock_read,
        i_mmap_trylock_write,
        IMmapGuard,
        RmapMode,
        RmapRead,
        RmapWrite, //
    },
    tests::fixture::*, //
};
use kernel::{
    fs::{
        File,
        LocalFile, //
    },
    page::PAGE_SIZE,
    prelude::*,
    sync::aref::ARef, //
};

/// Takes the lock in one of its modes.
type Hold<M> = for<'a> fn(&'a mut NothingHeld, &'a LocalFile) -> IMmapGuard<'a, M>;

fn hold_read<'a>(held: &'a mut NothingHeld, file: &'a LocalFile) -> IMmapGuard<'a, RmapRead> {
    i_mmap_lock_read(held, file)
}

fn hold_write<'a>(held: &'a mut NothingHeld, file: &'a LocalFile) -> IMmapGuard<'a, RmapWrite> {
    i_mmap_lock_write(held, file)
}

fn read(file: &LocalFile) {
    drop(i_mmap_lock_read(&mut NothingHeld::new(), file));
}

fn write(file: &LocalFile) {
    drop(i_mmap_lock_write(&mut NothingHeld::new(), file));
}

fn try_read(file: &LocalFile) -> bool {
    i_mmap_trylock_read(&mut NothingHeld::new(), file).is_some()
}

fn try_write(file: &LocalFile) -> bool {
    i_mmap_trylock_write(&mut NothingHeld::new(), file).is_some()
}

/// Runs a try form in another task.
fn tried_elsewhere(file: &ARef<File>, take: fn(&LocalFile) -> bool) -> Result<bool> {
    let file = file.clone();
    elsewhere(move || take(&file))
}

/// Holds the lock, and sees that another task has to wait to take it, until it is released.
fn excludes<M: RmapMode>(
    hold: Hold<M>,
    take: fn(&LocalFile),
    try_take: fn(&LocalFile) -> bool,
) -> Result {
    let file = test_file(1)?;
    let mut nothing = NothingHeld::new();
    let guard = hold(&mut nothing, &file);
    expect!(!tried_elsewhere(&file, try_take)?);

    let taken = Event::new()?;
    let thread = Thread::spawn({
        let (file, taken) = (file.clone(), taken.clone());
        move || {
            take(&file);
            taken.happen();
        }
    })?;
    expect!(eventually(|| is_awaited(i_mmap_rwsem(&file))));
    expect!(!taken.happened());
    drop(guard);
    expect!(taken.wait());
    expect!(thread.join());
    expect!(tried_elsewhere(&file, try_write)?);
    Ok(())
}

/// Unmaps a file in another task, while its lock is held, and sees that it has to wait.
fn holds_up_unmapping<M: RmapMode>(hold: Hold<M>) -> Result {
    let mm = TestMm::empty()?;
    let file = test_file(3)?;
    mm.map_file(BASE, 3, Sharing::Shared, &file, 0)?;
    let mut nothing = NothingHeld::new();
    let guard = hold(&mut nothing, &file);
    let unmapped = Event::new()?;
    let thread = Thread::spawn(unmap_elsewhere(&mm, BASE, 3, &unmapped))?;
    expect!(eventually(|| is_awaited(i_mmap_rwsem(&file))));
    expect!(!unmapped.happened());
    expect!(guard.is_mapped());
    drop(guard);
    expect!(unmapped.wait());
    expect!(thread.join());
    expect!(!i_mmap_lock_read(&mut nothing, &file).is_mapped());
    Ok(())
}

#[kunit_tests(mmguard_i_mmap)]
mod suite {
    use super::*;

    #[test]
    fn read_shares_with_read() -> Result {
        let file = test_file(1)?;
        let mut nothing = NothingHeld::new();
        let guard = i_mmap_lock_read(&mut nothing, &file);
        expect!(tried_elsewhere(&file, try_read)?);
        let file_too = file.clone();
        expect!(elsewhere(move || {
            read(&file_too);
            true
        })?);
        drop(guard);
        Ok(())
    }

    #[test]
    fn read_excludes_write() -> Result {
        excludes(hold_read, write, try_write)
    }

    #[test]
    fn write_excludes_read() -> Result {
        excludes(hold_write, read, try_read)
    }

    #[test]
    fn write_excludes_write() -> Result {
        excludes(hold_write, write, try_write)
    }

    #[test]
    fn try_forms_lock() -> Result {
        let file = test_file(1)?;
        let mut nothing = NothingHeld::new();
        let guard = i_mmap_trylock_read(&mut nothing, &file).ok_or(EINVAL)?;
        expect!(tried_elsewhere(&file, try_read)?);
        expect!(!tried_elsewhere(&file, try_write)?);
        drop(guard);
        let guard = i_mmap_trylock_write(&mut nothing, &file).ok_or(EINVAL)?;
        expect!(!tried_elsewhere(&file, try_read)?);
        expect!(!tried_elsewhere(&file, try_write)?);
        drop(guard);
        expect!(tried_elsewhere(&file, try_write)?);
        Ok(())
    }

    #[test]
    fn locks_are_of_one_file() -> Result {
        let (one, other) = (test_file(1)?, test_file(1)?);
        let mut nothing = NothingHeld::new();
        let guard = i_mmap_lock_write(&mut nothing, &one);
        expect!(!tried_elsewhere(&one, try_read)?);
        expect!(tried_elsewhere(&other, try_write)?);
        drop(guard);
        Ok(())
    }

    #[test]
    fn is_mapped_tells_of_vmas() -> Result {
        let mm = TestMm::empty()?;
        let file = test_file(3)?;
        let mut ctx = LockContext::new(&mm);
        expect!(!i_mmap_lock_read(&mut ctx, &file).is_mapped());
        for sharing in [Sharing::Shared, Sharing::Private] {
            mm.map_file(BASE, 2, sharing, &file, 1)?;
            // Under the locks that come before it.
            expect!(i_mmap_lock_read(&mut ctx.mmap_read_lock(), &file).is_mapped());
            expect!(i_mmap_lock_write(&mut ctx.stabilise(BASE)?, &file).is_mapped());
            mm.unmap(BASE, 1)?;
            expect!(i_mmap_lock_read(&mut ctx, &file).is_mapped());
            mm.unmap(BASE + PAGE_SIZE, 1)?;
            expect!(!i_mmap_lock_write(&mut ctx, &file).is_mapped());
        }
        Ok(())
    }

    #[test]
    fn write_lock_holds_up_unmapping() -> Result {
        holds_up_unmapping(hold_write)
    }

    #[test]
    fn read_lock_holds_up_unmapping() -> Result {
        holds_up_unmapping(hold_read)
    }
}
