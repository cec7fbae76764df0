// SPDX-License-Identifier: GPL-2.0-only

//! The assertions that a lock is held, by the lock.
//!
//! Handles and guards that are made by hand, from a raw pointer, run the one that fits. With
//! lockdep they are exact; without they may miss something, and never accuse a holder. Without
//! `CONFIG_DEBUG_VM` they are nothing. `vma_assert_stabilised()` does not know the reverse-mapping
//! locks, so those have assertions of their own.
//!
//! C header: [`include/linux/mmap_lock.h`](srctree/include/linux/mmap_lock.h)

use crate::bindings;

/// Defines an assertion: nothing without `CONFIG_DEBUG_VM`.
macro_rules! assertion {
    ($(#[$attr:meta])* fn $name:ident($arg:ident: $type:ty) { $($body:tt)* }) => {
        $(#[$attr])*
        ///
        /// # Safety
        ///
        /// The pointer must be valid, unless it may be null, and a VMA must have its mm.
        #[inline]
        pub(super) unsafe fn $name($arg: $type) {
            #[cfg(CONFIG_DEBUG_VM)]
            // SAFETY: By the safety requirements. The assertions only look.
            unsafe {
                $($body)*
            }
            #[cfg(not(CONFIG_DEBUG_VM))]
            let _ = $arg;
        }
    };
}

assertion! {
    /// This task holds no lock of an mm, or of any if it is null, as far as lockdep knows.
    fn none_held(mm: *mut bindings::mm_struct) {
        bindings::mm_assert_none_held(mm);
    }
}

type VmaPtr = *mut bindings::vm_area_struct;

assertion! {
    /// The mmap lock of an mm is held. C: `mmap_assert_locked()`.
    fn mm(mm: *mut bindings::mm_struct) {
        bindings::mmap_assert_locked(mm);
    }
}

assertion! {
    /// The mmap lock of an mm is held for writing. C: `mmap_assert_write_locked()`.
    fn mm_write(mm: *mut bindings::mm_struct) {
        bindings::mmap_assert_write_locked(mm);
    }
}

assertion! {
    /// The mmap lock of a VMA's mm is held. C: `mmap_assert_locked()`.
    fn mmap(vma: VmaPtr) {
        mm((*vma).vm_mm);
    }
}

assertion! {
    /// The mmap lock of an attached VMA's mm is held for writing.
    /// C: `mmap_assert_write_locked()`, `vma_assert_attached()`.
    fn mmap_write(vma: VmaPtr) {
        mm_write((*vma).vm_mm);
        bindings::vma_assert_attached(vma);
    }
}

assertion! {
    /// The VMA lock is held. C: `vma_assert_locked()`.
    fn vma(vma: VmaPtr) {
        bindings::vma_assert_locked(vma);
    }
}

assertion! {
    /// The VMA lock or the mmap lock is held. C: `vma_assert_stabilised()`.
    fn stabilised(vma: VmaPtr) {
        bindings::vma_assert_stabilised(vma);
    }
}

assertion! {
    /// An attached VMA is write-locked. C: `vma_assert_write_locked()`, `vma_assert_attached()`.
    fn vma_write(vma: VmaPtr) {
        bindings::vma_assert_write_locked(vma);
        bindings::vma_assert_attached(vma);
    }
}

assertion! {
    /// The `i_mmap_rwsem` of a mapping is held. C: `i_mmap_assert_locked()`.
    fn mapping(mapping: *mut bindings::address_space) {
        bindings::i_mmap_assert_locked(mapping);
    }
}

assertion! {
    /// The `i_mmap_rwsem` of a mapping is held for writing. C: `i_mmap_assert_write_locked()`.
    fn mapping_write(mapping: *mut bindings::address_space) {
        bindings::i_mmap_assert_write_locked(mapping);
    }
}

#[cfg(not(MODULE))]
assertion! {
    /// The `i_mmap_rwsem` of a VMA that maps a file is held. C: `i_mmap_assert_locked()`.
    fn i_mmap(vma: VmaPtr) {
        mapping((*(*vma).vm_file).f_mapping);
    }
}

#[cfg(not(MODULE))]
assertion! {
    /// The lock of an `anon_vma` is held. C: `rwsem_assert_held()`.
    fn anon_vma_lock(anon_vma: *mut bindings::anon_vma) {
        bindings::rust_guard_anon_vma_assert_locked(anon_vma);
    }
}

#[cfg(not(MODULE))]
assertion! {
    /// The lock of an `anon_vma` is held for writing. C: `rwsem_assert_held_write()`.
    fn anon_vma_lock_write(anon_vma: *mut bindings::anon_vma) {
        bindings::rust_guard_anon_vma_assert_write_locked(anon_vma);
    }
}

#[cfg(not(MODULE))]
assertion! {
    /// The lock of a VMA's `anon_vma` is held. While fork links a VMA it has none yet, though it is
    /// in its parent's tree already. C: `rwsem_assert_held()`.
    fn anon_vma(vma: VmaPtr) {
        let anon_vma = (&raw const (*vma).anon_vma).read_volatile();
        if !anon_vma.is_null() {
            anon_vma_lock(anon_vma);
        }
    }
}

#[cfg(not(MODULE))]
assertion! {
    /// A VMA is write-locked, and so are the reverse mappings that it is in.
    fn vma_write_all(vma: VmaPtr) {
        vma_write(vma);
        if !(*vma).vm_file.is_null() {
            mapping_write((*(*vma).vm_file).f_mapping);
        }
        if !(*vma).anon_vma.is_null() {
            anon_vma_lock_write((*vma).anon_vma);
        }
    }
}

#[cfg(not(MODULE))]
assertion! {
    /// A VMA is not attached. C: `vma_assert_detached()`.
    fn detached(vma: VmaPtr) {
        bindings::vma_assert_detached(vma);
    }
}
