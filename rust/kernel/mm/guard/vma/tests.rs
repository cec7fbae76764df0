// SPDX-License-Identifier: GPL-2.0-only

//! Tests of the fields of a VMA.

use crate::{
    bindings,
    mm::guard::{
        order::{
            rights::SeesPfns,
            LockContext, //
        },
        tests::fixture::*, //
    }, //
};
#[cfg(any(CONFIG_NUMA, CONFIG_NUMA_BALANCING, CONFIG_USERFAULTFD))]
use core::ptr::NonNull;
use kernel::{
    fs::LocalFile,
    mm::virt::flags,
    page::PAGE_SIZE,
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{
            Atomic,
            Relaxed, //
        }, //
    }, //
};

/// The reference count of a file, of whatever meaning: the tests compare it.
fn references(file: &LocalFile) -> i64 {
    // SAFETY: The file is valid.
    let count = unsafe { &raw mut (*file.as_ptr()).f_ref.refcnt.counter };
    // SAFETY: The field is valid and accessed atomically.
    unsafe { Atomic::from_ptr(count) }.load(Relaxed)
}

#[kunit_tests(mmguard_vma)]
mod suite {
    use super::*;

    #[test]
    fn page_frame_number_is_no_offset() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let vma = guard.vma_start_write(BASE)?;
        let who = SeesPfns::current_task()?;
        let before = vma.pgoff().ok_or(EINVAL)?;
        for (flags, has_offset) in [
            (flags::PFNMAP, false),
            (flags::PFNMAP | flags::SHARED, true),
            (flags::MIXEDMAP, true),
        ] {
            // SAFETY: The VMA is write-locked, and the flags go before they matter.
            unsafe { bindings::vm_flags_set(vma.as_ptr(), flags) };
            let pgoff = vma.pgoff();
            // SAFETY: As above.
            unsafe { bindings::vm_flags_clear(vma.as_ptr(), flags) };
            expect!(pgoff == has_offset.then_some(before));
        }
        expect!(vma.pgoff_or_pfn(&who) == before);
        Ok(())
    }

    #[test]
    fn fields_of_an_anonymous_vma() -> Result {
        let mm = TestMm::empty()?;
        mm.map(BASE, 2, PROT_READ)?;
        let mut ctx = LockContext::new(&mm);
        let vma = ctx.stabilise(BASE)?;
        expect!(vma.start() == BASE);
        expect!(vma.end() == BASE + 2 * PAGE_SIZE);
        expect!(vma.pgoff() == Some(BASE / PAGE_SIZE));
        let access = flags::READ | flags::WRITE | flags::EXEC;
        expect!(vma.flags() & access == flags::READ);
        // SAFETY: The function only computes.
        let prot = unsafe { bindings::vm_get_page_prot(vma.flags()) };
        expect!(vma.page_prot().pgprot == prot.pgprot);
        expect!(vma.is_anonymous());
        expect!(!vma.has_file());
        expect!(vma.anon_name().is_none());
        expect!(vma.special_name().is_none());
        let mut buf = [0; 16];
        expect!(vma.file_path(&mut buf)?.is_none());
        Ok(())
    }

    #[test]
    fn flags_on_the_allow_list() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        let before = vma.flags();
        let both = flags::DONTDUMP | flags::DONTCOPY;
        vma.set_flags(both)?;
        expect!(vma.flags() == before | both);
        vma.clear_flags(flags::DONTDUMP)?;
        expect!(vma.flags() == before | flags::DONTCOPY);
        vma.clear_flags(flags::DONTCOPY)?;
        expect!(vma.flags() == before);
        Ok(())
    }

    #[test]
    fn other_flags_are_refused() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        let before = vma.flags();
        for flag in [
            flags::WRITE,
            flags::PFNMAP,
            flags::HUGETLB,
            flags::MAYREAD,
            MAYBE_GUARD,
        ] {
            expect!(vma.set_flags(flag | flags::DONTDUMP) == Err(EPERM));
            expect!(vma.clear_flags(flag | flags::DONTDUMP) == Err(EPERM));
            expect!(vma.flags() == before);
        }
        Ok(())
    }

    #[test]
    fn special_vmas_keep_their_flags() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        let before = vma.flags();
        vma.set_flags(flags::DONTDUMP | flags::DONTCOPY)?;
        for special in [flags::IO, flags::DONTEXPAND, flags::PFNMAP, flags::MIXEDMAP] {
            // SAFETY: The VMA is write-locked. The flag says that it is a driver's, which is taken
            // back below, before anything can rely on it.
            unsafe { bindings::vm_flags_set(vma.as_ptr(), special) };
            let dump = vma.clear_flags(flags::DONTDUMP);
            let copy = vma.clear_flags(flags::DONTCOPY);
            // SAFETY: As above.
            unsafe { bindings::vm_flags_clear(vma.as_ptr(), special) };
            expect!(dump == Err(EINVAL) && copy == Err(EINVAL));
        }
        vma.clear_flags(flags::DONTDUMP | flags::DONTCOPY)?;
        expect!(vma.flags() == before);
        Ok(())
    }

    #[test]
    #[cfg(CONFIG_64BIT)]
    fn sealed_and_droppable_vmas_keep_their_flags() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        let both = (1 << bindings::VMA_SEALED_BIT) | (1 << bindings::VMA_DROPPABLE_BIT);
        vma.set_flags(flags::DONTDUMP)?;
        // SAFETY: The VMA is write-locked, and its mm has no user but this test.
        unsafe { bindings::vm_flags_set(vma.as_ptr(), both) };
        let copy = vma.set_flags(flags::DONTCOPY);
        let dump = vma.clear_flags(flags::DONTDUMP);
        // The other ones are no matter of theirs.
        let others = (
            vma.set_flags(flags::DONTDUMP),
            vma.clear_flags(flags::DONTCOPY),
        );
        // SAFETY: As above.
        unsafe { bindings::vm_flags_clear(vma.as_ptr(), both) };
        expect!(copy == Err(EPERM) && dump == Err(EINVAL));
        expect!(others == (Ok(()), Ok(())));
        vma.set_flags(flags::DONTCOPY)?;
        vma.clear_flags(flags::DONTDUMP)?;
        Ok(())
    }

    #[test]
    fn page_prot_is_written() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let mut vma = guard.vma_start_write(BASE)?;
        let before = vma.page_prot();
        // SAFETY: The function only computes.
        let no_access = unsafe { bindings::vm_get_page_prot(flags::NONE) };
        expect!(no_access.pgprot != before.pgprot);
        // SAFETY: This takes access away from user space, and then gives back what it had.
        unsafe { vma.set_page_prot(no_access) };
        expect!(vma.page_prot().pgprot == no_access.pgprot);
        // SAFETY: As above.
        unsafe { vma.set_page_prot(before) };
        expect!(vma.page_prot().pgprot == before.pgprot);
        Ok(())
    }

    #[test]
    fn fields_of_a_file_vma() -> Result {
        let mm = TestMm::empty()?;
        let other = OtherMm::new(|mm| mm.map(BASE, 1, PROT_READ))?;
        let file = test_file(3)?;
        for sharing in [Sharing::Shared, Sharing::Private] {
            mm.map_file(BASE, 2, sharing, &file, 1)?;
            let mut ctx = LockContext::new(&mm);
            let vma = ctx.stabilise(BASE)?;
            expect!(vma.has_file());
            expect!(!vma.is_anonymous());
            expect!(vma.pgoff() == Some(1));
            expect!(vma.file().ok_or(EINVAL)?.as_ptr() == file.as_ptr());
            // It has operations, and none that gives it a name.
            expect!(vma.special_name().is_none());
            let mut path = [0; 64];
            let path = vma.file_path(&mut path)?.ok_or(ENOENT)?;
            expect!(path.to_bytes().starts_with(b"/mmguard_test"));
            let len = path.to_bytes().len();
            let mut too_short = [0; 64];
            let path = vma.file_path(&mut too_short[..len]);
            expect!(path.err() == Some(ENAMETOOLONG));
            expect!(vma.belongs_to(&mm));
            expect!(!vma.belongs_to(&other));
            let shared = matches!(sharing, Sharing::Shared);
            expect!((vma.flags() & flags::SHARED != 0) == shared);
        }
        mm.map(BASE, 2, PROT_READ)?;
        let mut ctx = LockContext::new(&mm);
        let vma = ctx.stabilise(BASE)?;
        expect!(vma.file().is_none());
        expect!(vma.belongs_to(&mm));
        expect!(!vma.belongs_to(&other));
        Ok(())
    }

    #[test]
    fn file_reference_outlives_the_vma() -> Result {
        let mm = TestMm::empty()?;
        let file = test_file(1)?;
        let ours = references(&file);
        mm.map_file(BASE, 1, Sharing::Shared, &file, 0)?;
        expect!(references(&file) == ours + 1);
        let mut ctx = LockContext::new(&mm);
        let vma = ctx.stabilise(BASE)?;
        let kept: ARef<LocalFile> = vma.file().ok_or(EINVAL)?.into();
        drop(vma);
        expect!(references(&file) == ours + 2);
        mm.unmap(BASE, 1)?;
        expect!(references(&file) == ours + 1);
        expect!(kept.as_ptr() == file.as_ptr());
        drop(kept);
        expect!(references(&file) == ours);
        Ok(())
    }

    #[test]
    fn anon_vma_comes_with_a_fault() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        for faulted in [false, true] {
            if faulted {
                mm.touch(BASE + PAGE_SIZE, 1)?;
            }
            expect!(ctx.stabilise(BASE)?.has_anon_vma() == faulted);
            let mut guard = ctx.mmap_write_lock();
            let vma = guard.vma_start_write(BASE)?;
            expect!(vma.has_anon_vma() == faulted);
            expect!(vma.has_anon_vma_chain() == faulted);
        }
        Ok(())
    }

    #[test]
    fn private_file_mapping_gets_an_anon_vma() -> Result {
        let mm = TestMm::empty()?;
        let file = test_file(1)?;
        let mut ctx = LockContext::new(&mm);
        for sharing in [Sharing::Shared, Sharing::Private] {
            mm.map_file(BASE, 1, sharing, &file, 0)?;
            expect!(!ctx.stabilise(BASE)?.has_anon_vma());
            mm.touch(BASE, 1)?;
            let private = matches!(sharing, Sharing::Private);
            expect!(ctx.stabilise(BASE)?.has_anon_vma() == private);
        }
        Ok(())
    }

    #[test]
    fn fields_of_options() -> Result {
        let mm = TestMm::new()?;
        let mut ctx = LockContext::new(&mm);
        let mut guard = ctx.mmap_write_lock();
        let vma = guard.vma_start_write(BASE)?;
        /// Sets a field to what nobody follows, and back, and checks what the method says.
        #[allow(unused_macros, reason = "each field is one of an option")]
        macro_rules! follows {
            ($method:ident: $($field:ident).+) => {
                expect!(!vma.$method());
                // SAFETY: The VMA is write-locked, so nobody else looks at the field.
                unsafe { (*vma.as_ptr()).$($field).+ = NonNull::dangling().as_ptr() };
                let set = vma.$method();
                // SAFETY: As above.
                unsafe { (*vma.as_ptr()).$($field).+ = core::ptr::null_mut() };
                expect!(set && !vma.$method());
            };
        }
        #[cfg(CONFIG_NUMA)]
        follows!(has_policy: vm_policy);
        #[cfg(CONFIG_NUMA_BALANCING)]
        follows!(has_numab_state: numab_state);
        #[cfg(CONFIG_USERFAULTFD)]
        follows!(has_userfaultfd_ctx: vm_userfaultfd_ctx.ctx);
        #[cfg(CONFIG_SWAP)]
        for info in [0, 0x1234_5008, 0] {
            // SAFETY: The VMA is valid, and the field is one of hints, whose accesses are atomic.
            unsafe {
                let counter = &raw mut (*vma.as_ptr()).swap_readahead_info.counter;
                Atomic::from_ptr(counter).store(info, Relaxed);
            }
            expect!(vma.swap_readahead_info() == info as usize);
        }
        #[cfg(CONFIG_ANON_VMA_NAME)]
        {
            /// `struct anon_vma_name`, with a name.
            #[repr(C)]
            struct Name(bindings::kref, [u8; 8]);

            let mut name = Name(bindings::kref::default(), *b"mmguard\0");
            // SAFETY: The VMA is write-locked, so nobody else looks at the field.
            unsafe { (*vma.as_ptr()).anon_name = (&raw mut name).cast() };
            let is_it = vma.anon_name() == Some(c"mmguard");
            // SAFETY: As above.
            unsafe { (*vma.as_ptr()).anon_name = core::ptr::null_mut() };
            expect!(is_it && vma.anon_name().is_none());
        }
        expect!(vma.start() == BASE);
        Ok(())
    }
}
