// SPDX-License-Identifier: GPL-2.0-only

//! Makes the kernel complain, so that the tests can see that they notice.
//!
//! Each kind breaks a rule that the types cannot see, and is harmless beyond the report. It runs in
//! the process that loads the module, alone in a boot.

use core::{
    borrow::Borrow,
    mem::{
        forget,
        MaybeUninit, //
    },
    ptr::NonNull,
};
use kernel::{
    bindings,
    error::to_result,
    ffi::c_int,
    mm::MmWithUser,
    new_mutex,
    prelude::*,
    sync::rcu,
    uaccess::{
        UserPtr,
        UserSlice, //
    },
    warn_on, //
};
use mmguard::{
    mmap::{
        pid::mm_from_pid,
        MmGuard,
        Read,
        Write, //
    },
    order::{
        level::{
            Below,
            LockLevel,
            VmaLock, //
        },
        mutex::OrderedMutex,
        LockContext,
        LockScope,
        NothingHeld, //
    },
    rmap::i_mmap::{
        IMmapGuard,
        RmapRead, //
    },
    vma::{
        lock::{
            VmaRead,
            VmaWrite, //
        },
        stable::VmaReadOrRead,
        Vma, //
    }, //
};

#[expect(unreachable_pub, reason = "init uses this file too")]
mod kinds;
use kinds::{
    Kind,
    KINDS, //
};

module! {
    type: SplatModule,
    name: "mmguard_splat",
    authors: ["mmguard developers"],
    description: "Deliberate kernel splats",
    license: "GPL",
    params: {
        kind: u8 {
            default: 0,
            description: "What to do: a place in the list of kinds, from 1",
        },
        pid: i32 {
            default: 0,
            description: "Another process, for the kind that needs one",
        },
    },
}

struct SplatModule;

impl kernel::Module for SplatModule {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        let place: u8 = value(module_parameters::kind.value());
        let (name, kind) = *usize::from(place)
            .checked_sub(1)
            .and_then(|i| KINDS.get(i))
            .ok_or(EINVAL)?;
        pr_info!("splat: {name}\n");
        let current = current!();
        let mm = current.mm().ok_or(EINVAL)?;
        match kind {
            Kind::Warn => {
                warn_on!(true);
                Ok(())
            }
            Kind::Lockdep => lock_twice(mm),
            Kind::LockdepWrite => read_under_write(mm),
            Kind::LockdepVma => lock_mmap_under_vma(mm),
            Kind::RcuSleep => sleep_under_rcu(mm),
            Kind::UserAccess => read_user_memory(mm),
            Kind::UserAccessOwn => read_under_lock_of_fault(mm),
            Kind::TwoMms => lock_two_mms(mm),
            Kind::MmOfVma => lock_mm_of_vma(mm),
            Kind::PteSleep => sleep_under_pte_lock(mm),
            Kind::TwoPteLocks => lock_two_pte_tables(mm),
            Kind::ContextUnderMmap => context_under_mmap(mm),
            Kind::ContextUnderVma => context_under_vma(mm),
            Kind::NothingHeld => nothing_held(mm),
            Kind::TryBySecond => try_by_second(mm),
            Kind::AssertMmap => assert_mmap(mm),
            Kind::AssertMmapWrite => assert_mmap_write(mm),
            Kind::AssertVma => assert_vma(mm),
            Kind::AssertVmaWrite => assert_vma_write(mm),
            Kind::AssertStabilised => assert_stabilised(mm),
            Kind::AssertAttached => assert_attached(mm),
            Kind::AssertIMmap => assert_i_mmap(mm),
        }?;
        Ok(Self)
    }
}

/// The value of a parameter, which Linux 7.2 gives by reference.
fn value<T: Copy>(value: impl Borrow<T>) -> T {
    *value.borrow()
}

/// The address of the first VMA of the process.
fn first_vma(ctx: &mut LockContext<'_>) -> Result<usize> {
    Ok(ctx.walk_vmas(0).next_vma()?.ok_or(EINVAL)?.start())
}

/// The first VMA of the process, without its lock.
///
/// It stays as it is nevertheless: the process does nothing but load this module.
fn unlocked_vma(mm: &MmWithUser) -> Result<NonNull<bindings::vm_area_struct>> {
    let mut ctx = LockContext::new(mm);
    let addr = first_vma(&mut ctx)?;
    let vma = ctx.stabilise(addr)?.as_ptr();
    NonNull::new(vma).ok_or(EINVAL)
}

/// Takes a mmap lock twice for reading, by a second context, which the types cannot see.
fn lock_twice(mm: &MmWithUser) -> Result {
    let mut first = LockContext::new(mm);
    let mut second = LockContext::new(mm);
    let guard = first.mmap_read_lock();
    drop(second.mmap_read_lock());
    drop(guard);
    Ok(())
}

/// Waits for a mmap read lock while this very task has the write lock, by a second context.
///
/// Nobody ends that wait, so the task sends itself a SIGKILL before it. It is noticed in the wait.
fn read_under_write(mm: &MmWithUser) -> Result {
    let mut first = LockContext::new(mm);
    let mut second = LockContext::new(mm);
    let guard = first.mmap_write_lock();
    // CAST: The number is small.
    let signal = bindings::SIGKILL as c_int;
    // SAFETY: The current task is valid, and the number is that of a signal.
    to_result(unsafe { bindings::send_sig(signal, current!().as_ptr(), 0) })?;
    let killed = second.mmap_read_lock_killable().err() == Some(EINTR);
    drop(guard);
    killed.then_some(()).ok_or(EINVAL)
}

/// Waits for the mmap lock while a VMA read lock is held, by a second context.
///
/// A VMA is written before that, so that lockdep knows the right order.
fn lock_mmap_under_vma(mm: &MmWithUser) -> Result {
    let mut first = LockContext::new(mm);
    let mut second = LockContext::new(mm);

    let addr = first_vma(&mut first)?;
    let _ = first.mmap_write_lock().vma_start_write(addr)?;
    let Ok(vma) = first.lock_vma_under_rcu(addr) else {
        return Err(EINVAL);
    };
    drop(second.mmap_read_lock());
    drop(vma);
    Ok(())
}

/// Takes the mmap lock, which may sleep, where nobody may. Nobody else has it.
fn sleep_under_rcu(mm: &MmWithUser) -> Result {
    let mut ctx = LockContext::new(mm);
    let rcu = rcu::read_lock();
    drop(ctx.mmap_read_lock());
    drop(rcu);
    Ok(())
}

/// Reads user memory while the mmap lock is held that a fault would take.
///
/// The page was read before, so that there is no fault.
fn read_user_memory(mm: &MmWithUser) -> Result {
    let mut ctx = LockContext::new(mm);
    let addr = UserPtr::from_addr(first_vma(&mut ctx)?);
    let _: u8 = UserSlice::new(addr, 1).reader().read()?;
    let guard = ctx.mmap_write_lock();
    let _: u8 = UserSlice::new(addr, 1).reader().read()?;
    drop(guard);
    Ok(())
}

/// A lock that is taken under the lock of a VMA, as in a fault.
struct LockOfFault;

impl LockLevel for LockOfFault {
    type Place = Below<VmaLock>;
}

/// Reads user memory under such a lock, by the kernel crate, whose copies take no scope.
///
/// The page was read before, so that there is no fault. A VMA is written, so that lockdep knows
/// that its lock comes after the mmap lock.
fn read_under_lock_of_fault(mm: &MmWithUser) -> Result {
    let lock = KBox::pin_init(
        OrderedMutex::<LockOfFault, ()>::new(new_mutex!(())),
        GFP_KERNEL,
    )?;
    let mut ctx = LockContext::new(mm);
    let first = first_vma(&mut ctx)?;
    let addr = UserPtr::from_addr(first);
    let _: u8 = UserSlice::new(addr, 1).reader().read()?;
    let _ = ctx.mmap_write_lock().vma_start_write(first)?;
    let mut vma = ctx.stabilise(first)?;
    drop(lock.lock(&mut vma));
    drop(vma);
    let guard = lock.lock(&mut ctx);
    let _: u8 = UserSlice::new(addr, 1).reader().read()?;
    drop(guard);
    Ok(())
}

/// Allocates under the lock of a PTE table. The types do not see that it may sleep.
fn sleep_under_pte_lock(mm: &MmWithUser) -> Result {
    let mut ctx = LockContext::new(mm);
    let addr = first_vma(&mut ctx)?;
    let mut guard = ctx.stabilise(addr)?;
    let (vma, mut scope) = guard.split();
    let pmd = vma.tables()?.pmd_entry(addr).or(Err(ENOENT))?;
    let _table = pmd.lock_pte_table(&mut scope).or(Err(ENOENT))?;
    KBox::new(0, GFP_KERNEL)?;
    Ok(())
}

/// Locks a PTE table of each of two processes, as two contexts let one.
fn lock_two_pte_tables(mm: &MmWithUser) -> Result {
    let other = mm_from_pid(value(module_parameters::pid.value()))?;
    let (mut ctx, mut other_ctx) = (LockContext::new(mm), LockContext::new(&other));
    let (addr, other_addr) = (first_vma(&mut ctx)?, first_vma(&mut other_ctx)?);
    let mut guard = ctx.lock_vma_under_rcu(addr).or(Err(EAGAIN))?;
    let mut other_guard = other_ctx.lock_vma_under_rcu(other_addr).or(Err(EAGAIN))?;
    let (vma, mut scope) = guard.split();
    let (other_vma, mut other_scope) = other_guard.split();
    let pmd = vma.tables()?.pmd_entry(addr).or(Err(ENOENT))?;
    let other_pmd = other_vma.tables()?.pmd_entry(other_addr).or(Err(ENOENT))?;
    let _table = pmd.lock_pte_table(&mut scope).or(Err(ENOENT))?;
    let _other_table = other_pmd.lock_pte_table(&mut other_scope).or(Err(ENOENT))?;
    Ok(())
}

/// Takes the mmap locks of two address spaces, without telling lockdep which is the inner one.
fn lock_two_mms(mm: &MmWithUser) -> Result {
    let other = mm_from_pid(value(module_parameters::pid.value()))?;
    if other.as_raw() == mm.as_raw() {
        return Err(EINVAL);
    }
    let mut first = LockContext::new(mm);
    let mut second = LockContext::new(&other);
    let guard = first.mmap_read_lock();
    drop(second.mmap_read_lock());
    drop(guard);
    Ok(())
}

/// Waits for the mmap lock while a VMA read lock is held, by the methods of the kernel crate, which
/// know of no context.
///
/// A VMA is written before that, so that lockdep knows the right order.
fn lock_mm_of_vma(mm: &MmWithUser) -> Result {
    let mut ctx = LockContext::new(mm);
    let addr = first_vma(&mut ctx)?;
    let _ = ctx.mmap_write_lock().vma_start_write(addr)?;
    let vma = mm.lock_vma_under_rcu(addr).ok_or(EINVAL)?;
    drop(vma.mm().mmap_read_lock());
    drop(vma);
    Ok(())
}

/// Makes a second context where C, or a guard, holds the mmap lock.
fn context_under_mmap(mm: &MmWithUser) -> Result {
    let mut ctx = LockContext::new(mm);
    let guard = ctx.mmap_read_lock();
    let _ = LockContext::new(mm);
    drop(guard);
    Ok(())
}

/// Makes a second context where C, or a guard, holds a VMA lock.
fn context_under_vma(mm: &MmWithUser) -> Result {
    let mut ctx = LockContext::new(mm);
    let addr = first_vma(&mut ctx)?;
    let guard = ctx.lock_vma_under_rcu(addr).or(Err(EAGAIN))?;
    let _ = LockContext::new(mm);
    drop(guard);
    Ok(())
}

fn nothing_held(mm: &MmWithUser) -> Result {
    let mut ctx = LockContext::new(mm);
    let guard = ctx.mmap_read_lock();
    let _ = NothingHeld::new();
    drop(guard);
    Ok(())
}

/// Tries the mmap lock twice, by a second context. A try form is nothing that lockdep looks at.
fn try_by_second(mm: &MmWithUser) -> Result {
    let mut first = LockContext::new(mm);
    let mut second = LockContext::new(mm);
    let guard = first.mmap_read_lock();
    drop(second.mmap_read_trylock());
    drop(guard);
    Ok(())
}

fn assert_mmap(mm: &MmWithUser) -> Result {
    // SAFETY: None: the lock is not held. The guard does not release it, and is not used.
    forget(unsafe { MmGuard::<'_, Read>::from_raw(mm) });
    Ok(())
}

fn assert_mmap_write(mm: &MmWithUser) -> Result {
    let mut ctx = LockContext::new(mm);
    let guard = ctx.mmap_read_lock();
    // SAFETY: None: a reader holds the lock. The guard does not release it, and is not used.
    forget(unsafe { MmGuard::<'_, Write>::from_raw(mm) });
    drop(guard);
    Ok(())
}

fn assert_vma(mm: &MmWithUser) -> Result {
    let vma = unlocked_vma(mm)?;
    // SAFETY: None: the VMA is not locked. The handle is not used.
    let _ = unsafe { Vma::<'_, VmaRead>::from_raw(vma) };
    Ok(())
}

fn assert_vma_write(mm: &MmWithUser) -> Result {
    let mut ctx = LockContext::new(mm);
    let addr = first_vma(&mut ctx)?;
    let guard = ctx.mmap_write_lock();
    let vma = guard.vma_lookup(addr).ok_or(EINVAL)?.as_ptr();
    let vma = NonNull::new(vma).ok_or(EINVAL)?;
    // SAFETY: None: the VMA is not write-locked. The handle is not used.
    let _ = unsafe { Vma::<'_, VmaWrite>::from_raw(vma) };
    drop(guard);
    Ok(())
}

fn assert_stabilised(mm: &MmWithUser) -> Result {
    let vma = unlocked_vma(mm)?;
    // SAFETY: None: the VMA is not locked. The handle is not used.
    let _ = unsafe { Vma::<'_, VmaReadOrRead>::from_raw(vma) };
    Ok(())
}

/// A VMA as it is before it gets into a tree: with an mm, and without references.
fn assert_attached(mm: &MmWithUser) -> Result {
    let vma = KBox::<bindings::vm_area_struct>::new_uninit(GFP_KERNEL)?;
    let vma: *mut MaybeUninit<bindings::vm_area_struct> = KBox::into_raw(vma);
    let mut ctx = LockContext::new(mm);
    let guard = ctx.mmap_write_lock();
    // SAFETY: The memory is large enough, and nobody else uses it. Zeroes are what the fields of a
    // new VMA begin with.
    let vma = unsafe {
        vma.write_bytes(0, 1);
        let vma = vma.cast::<bindings::vm_area_struct>();
        (*vma).vm_mm = mm.as_raw();
        NonNull::new_unchecked(vma)
    };
    // SAFETY: None: the VMA is not attached. The handle is not used.
    let _ = unsafe { Vma::<'_, Write>::from_raw(vma) };
    drop(guard);
    // SAFETY: The memory came from the box above, and is given back.
    drop(unsafe { KBox::from_raw(vma.as_ptr().cast::<MaybeUninit<bindings::vm_area_struct>>()) });
    Ok(())
}

fn assert_i_mmap(mm: &MmWithUser) -> Result {
    let mut ctx = LockContext::new(mm);
    let mut walk = ctx.walk_vmas(0);
    while let Some(vma) = walk.next_vma()? {
        let Some(file) = vma.file() else { continue };
        // SAFETY: The file is valid, so it has a mapping. Nobody replaces that of a file of this
        // process, which does nothing but load this module.
        let mapping = unsafe { (*file.as_ptr()).f_mapping };
        let mapping = NonNull::new(mapping).ok_or(EINVAL)?;
        // SAFETY: None: the lock is not held. The guard does not release it, and is not used.
        forget(unsafe { IMmapGuard::<'_, RmapRead>::from_raw(mapping) });
        return Ok(());
    }
    Err(EINVAL)
}
