// SPDX-License-Identifier: GPL-2.0-only

//! Tests of copies from and to user memory.

use crate::mm::guard::{
    order::{
        level::{
            Below,
            IRwsem,
            LockLevel, //
        },
        mutex::OrderedMutex,
        rw_semaphore::OrderedRwSemaphore,
        uaccess::{
            MayFault,
            OrderedUserSlice, //
        },
        LockContext,
        LockScope,
        NothingHeld, //
    },
    tests::fixture::*, //
};
use kernel::{
    new_mutex,
    page::PAGE_SIZE,
    prelude::*,
    static_lock_class,
    sync::Arc,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};

/// A lock that is held over copies.
struct Outer;

impl LockLevel for Outer {
    type Place = Below<IRwsem>;
}

fn slice(addr: usize, length: usize) -> OrderedUserSlice {
    OrderedUserSlice::new(UserSlice::new(UserPtr::from_addr(addr), length))
}

/// Writes a number to an address, and reads it back.
fn there_and_back(scope: &mut impl MayFault, addr: usize, number: u64) -> Result<u64> {
    let (mut reader, mut writer) = slice(addr, size_of::<u64>()).reader_writer();
    writer.write(scope, &number)?;
    reader.read(scope)
}

#[kunit_tests(mmguard_uaccess)]
mod suite {
    use super::*;

    #[test]
    fn copies_go_on_from_one_to_the_next() -> Result {
        let _mm = TestMm::new()?;
        let mut nothing = NothingHeld::new();
        let (mut reader, mut writer) = slice(BASE, 12).reader_writer();
        writer.write(&mut nothing, &u64::from_le_bytes([0, 1, 2, 3, 4, 5, 6, 7]))?;
        expect!(writer.len() == 4 && !writer.is_empty());
        writer.write_slice(&mut nothing, &[8, 9, 10, 11])?;
        expect!(writer.is_empty());

        expect!(reader.read::<u16>(&mut nothing)? == u16::from_le_bytes([0, 1]));
        reader.skip(2)?;
        let mut two = [0; 2];
        reader.read_slice(&mut nothing, &mut two)?;
        expect!(two == [4, 5]);
        expect!(reader.len() == 6 && !reader.is_empty());
        let mut all = KVec::from_elem(5_u8, 1, GFP_KERNEL)?;
        reader.read_all(&mut nothing, &mut all, GFP_KERNEL)?;
        expect!(all[..] == [5, 6, 7, 8, 9, 10, 11]);

        let mut reader = slice(BASE, 1).reader();
        reader.skip(1)?;
        expect!(reader.is_empty());
        Ok(())
    }

    #[test]
    fn copies_out_of_bounds_are_refused() -> Result {
        let _mm = TestMm::new()?;
        let mut nothing = NothingHeld::new();
        let (mut reader, mut writer) = slice(BASE, 3).reader_writer();
        expect!(writer.write(&mut nothing, &0_u32) == Err(EFAULT));
        expect!(writer.write_slice(&mut nothing, &[0; 4]) == Err(EFAULT));
        expect!(reader.read::<u32>(&mut nothing) == Err(EFAULT));
        expect!(reader.read_slice(&mut nothing, &mut [0; 4]) == Err(EFAULT));
        expect!(reader.skip(4) == Err(EFAULT));
        expect!((reader.len(), writer.len()) == (3, 3));
        Ok(())
    }

    #[test]
    fn copies_of_what_is_not_mapped_are_refused() -> Result {
        let _mm = TestMm::new()?;
        let mut nothing = NothingHeld::new();
        let (mut reader, mut writer) = slice(UNMAPPED, 8).reader_writer();
        expect!(writer.write(&mut nothing, &0_u64) == Err(EFAULT));
        expect!(writer.write_slice(&mut nothing, &[0; 8]) == Err(EFAULT));
        expect!(reader.read::<u64>(&mut nothing) == Err(EFAULT));
        expect!(reader.read_slice(&mut nothing, &mut [0; 8]) == Err(EFAULT));
        let mut all = KVec::new();
        expect!(reader.read_all(&mut nothing, &mut all, GFP_KERNEL) == Err(EFAULT));
        expect!(all.is_empty());
        Ok(())
    }

    #[test]
    fn copies_fault_under_locks_before_the_mmap_lock() -> Result {
        let mm = TestMm::new()?;
        let mutex = Arc::pin_init(OrderedMutex::<Outer, ()>::new(new_mutex!(())), GFP_KERNEL)?;
        let sem = Arc::pin_init(
            OrderedRwSemaphore::<Outer, ()>::new((), c"mmguard_test", static_lock_class!()),
            GFP_KERNEL,
        )?;
        let (mut nothing, before) = (NothingHeld::new(), faults());
        // Each copy is the first access to a page.
        expect!(there_and_back(&mut mutex.lock(&mut nothing), BASE, 1)? == 1);
        expect!(faults() > before);
        let before = faults();
        let addr = BASE + PAGE_SIZE;
        expect!(there_and_back(&mut sem.down_read(&mut nothing), addr, 2)? == 2);
        expect!(faults() > before);
        let before = faults();
        let addr = addr + PAGE_SIZE;
        let mut held = sem.down_write(&mut nothing);
        let mut ctx = held.context(&mm);
        expect!(there_and_back(&mut ctx, addr, 3)? == 3);
        expect!(faults() > before);
        Ok(())
    }

    #[test]
    fn copy_waits_for_the_mmap_lock() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let guard = ctx.mmap_write_lock();
        let refused = Event::new()?;
        let thread = Thread::spawn({
            let (mm, refused) = (mm.share(), refused.clone());
            move || {
                let copy = || {
                    let mut reader = slice(UNMAPPED, 1).reader();
                    reader.read::<u8>(&mut NothingHeld::new())
                };
                if in_mm(&mm, copy) == Err(EFAULT) {
                    refused.happen();
                }
            }
        })?;
        // The fault is at no VMA, which it learns under the mmap lock.
        expect!(eventually(|| guard.is_contended()));
        expect!(!refused.happened());
        drop(guard);
        expect!(refused.wait());
        expect!(thread.join());
        Ok(())
    }
}
