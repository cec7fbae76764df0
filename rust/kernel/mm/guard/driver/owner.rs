// SPDX-License-Identifier: GPL-2.0-only

//! How a driver tells its own VMAs from others.
//!
//! Between two looks at an address, the VMA that was there may have been replaced by another one.
//! So a driver that finds a VMA by its address checks each time whether it is its own.
//!
//! C header: [`include/linux/mm_types.h`](srctree/include/linux/mm_types.h)

use crate::{
    bindings,
    mm::guard::{
        order::rights::Stabilises,
        vma::Vma, //
    }, //
};
use core::{
    cell::UnsafeCell,
    marker::PhantomData,
    ptr, //
};
use kernel::mm::virt::VmaNew;

/// The mark of a driver on its VMAs: their operations (`vm_ops`), which are empty, and as private
/// data (`vm_private_data`) the address of the `T` that each belongs to.
///
/// The `T` is never reached by that address. It must outlive its VMAs for [`owns`](Self::owns) to
/// be right, as another `T` may have its address later. A driver that keeps it with the mapped
/// file, until `release`, does that. The parts of a VMA that is split have the mark too, and so has
/// its copy in a child, which [`belongs_to`](Vma::belongs_to) tells from it.
///
/// # Examples
///
/// ```
/// use kernel::mm::{
///     guard::{
///         driver::owner::VmaOwner,
///         order::rights::Stabilises,
///         vma::Vma, //
///     },
///     virt::VmaNew, //
/// };
///
/// struct Buffer(usize);
///
/// static BUFFERS: VmaOwner<Buffer> = VmaOwner::new();
///
/// fn mmap(buffer: &Buffer, vma: &VmaNew) {
///     BUFFERS.mark(vma, buffer);
/// }
///
/// fn is_of<L: Stabilises>(buffer: &Buffer, vma: &Vma<'_, L>) -> bool {
///     BUFFERS.owns(vma, buffer)
/// }
/// ```
pub struct VmaOwner<T> {
    ops: bindings::vm_operations_struct,
    // With this a constant is not made a `static` behind the user's back, which the linker could
    // merge with another one.
    _identity: UnsafeCell<()>,
    _owner: PhantomData<fn(T)>,
}

// SAFETY: The operations are never written, and the cell contains nothing.
unsafe impl<T> Sync for VmaOwner<T> {}

impl<T> VmaOwner<T> {
    /// Makes a mark of its own, to be put in a `static`.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self {
            ops: pin_init::zeroed(),
            _identity: UnsafeCell::new(()),
            _owner: PhantomData,
        }
    }

    /// Marks a VMA that is being set up as one of `owner`.
    ///
    /// It has no operations from then on: an access where nothing is mapped gets `SIGBUS`. It is not
    /// merged with another one, and does not grow (`VM_DONTEXPAND`).
    #[inline]
    pub fn mark(&'static self, vma: &VmaNew, owner: *const T) {
        // It would be merged with a neighbour of the same file, by which `mmap` is not called.
        vma.set_dontexpand();
        // SAFETY: The VMA is being set up, so nobody else has it, and the driver that maps the file
        // may write both fields. The operations are static. They are empty, so nothing reads the
        // private data by them, and `owns` only compares it.
        unsafe {
            (*vma.as_ptr()).vm_ops = &self.ops;
            (*vma.as_ptr()).vm_private_data = owner.cast_mut().cast();
        }
    }

    /// Whether a VMA has this mark, of `owner`.
    #[inline]
    pub fn owns<L: Stabilises>(&'static self, vma: &Vma<'_, L>, owner: *const T) -> bool {
        // SAFETY: The VMA is stable, so nobody writes `vm_ops`: see `Vma::is_anonymous`.
        let ops = unsafe { (*vma.as_ptr()).vm_ops };
        // SAFETY: The VMA is stable. It has these operations, so `mark` wrote the private data, in
        // `mmap()`, and nobody writes it later. The data of other VMAs is not read.
        ptr::eq(ops, &self.ops) && ptr::eq(unsafe { (*vma.as_ptr()).vm_private_data }, owner.cast())
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
