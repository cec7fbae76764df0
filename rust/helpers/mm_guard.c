// SPDX-License-Identifier: GPL-2.0-only

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>

#ifdef CONFIG_DEBUG_VM
__rust_helper void rust_helper_mmap_assert_locked(const struct mm_struct *mm)
{
	mmap_assert_locked(mm);
}

__rust_helper void
rust_helper_mmap_assert_write_locked(const struct mm_struct *mm)
{
	mmap_assert_write_locked(mm);
}

__rust_helper void rust_helper_vma_assert_locked(struct vm_area_struct *vma)
{
	vma_assert_locked(vma);
}

__rust_helper void
rust_helper_vma_assert_write_locked(struct vm_area_struct *vma)
{
	vma_assert_write_locked(vma);
}

__rust_helper void
rust_helper_vma_assert_stabilised(struct vm_area_struct *vma)
{
	vma_assert_stabilised(vma);
}

__rust_helper void rust_helper_vma_assert_attached(struct vm_area_struct *vma)
{
	vma_assert_attached(vma);
}

__rust_helper void rust_helper_vma_assert_detached(struct vm_area_struct *vma)
{
	vma_assert_detached(vma);
}

__rust_helper void
rust_helper_i_mmap_assert_locked(struct address_space *mapping)
{
	i_mmap_assert_locked(mapping);
}

__rust_helper void
rust_helper_i_mmap_assert_write_locked(struct address_space *mapping)
{
	i_mmap_assert_write_locked(mapping);
}
#endif

__rust_helper int rust_helper_mmap_read_lock_killable(struct mm_struct *mm)
{
	return mmap_read_lock_killable(mm);
}

__rust_helper void rust_helper_mmap_write_lock(struct mm_struct *mm)
{
	mmap_write_lock(mm);
}

__rust_helper int rust_helper_mmap_write_lock_killable(struct mm_struct *mm)
{
	return mmap_write_lock_killable(mm);
}

__rust_helper void rust_helper_mmap_write_lock_nested(struct mm_struct *mm,
						      int subclass)
{
	mmap_write_lock_nested(mm, subclass);
}

__rust_helper void rust_helper_mmap_write_unlock(struct mm_struct *mm)
{
	mmap_write_unlock(mm);
}

__rust_helper void rust_helper_mmap_write_downgrade(struct mm_struct *mm)
{
	mmap_write_downgrade(mm);
}

__rust_helper int rust_helper_mmap_lock_is_contended(struct mm_struct *mm)
{
	return mmap_lock_is_contended(mm);
}

__rust_helper bool
rust_helper_mmap_lock_speculate_try_begin(struct mm_struct *mm,
					  unsigned int *seq)
{
	return mmap_lock_speculate_try_begin(mm, seq);
}

__rust_helper bool rust_helper_mmap_lock_speculate_retry(struct mm_struct *mm,
							 unsigned int seq)
{
	return mmap_lock_speculate_retry(mm, seq);
}

#ifdef CONFIG_PER_VMA_LOCK
__rust_helper bool
rust_helper_vma_start_read_locked(struct vm_area_struct *vma)
{
	return vma_start_read_locked(vma);
}
#endif

__rust_helper void rust_helper_vma_start_write(struct vm_area_struct *vma)
{
	vma_start_write(vma);
}

__rust_helper int
rust_helper_vma_start_write_killable(struct vm_area_struct *vma)
{
	return vma_start_write_killable(vma);
}

__rust_helper void rust_helper_vma_iter_init(struct vma_iterator *vmi,
					     struct mm_struct *mm,
					     unsigned long addr)
{
	vma_iter_init(vmi, mm, addr);
}

__rust_helper struct vm_area_struct *
rust_helper_vma_next(struct vma_iterator *vmi)
{
	return vma_next(vmi);
}

__rust_helper void rust_helper_vm_flags_set(struct vm_area_struct *vma,
					    vm_flags_t flags)
{
	vm_flags_set(vma, flags);
}

__rust_helper void rust_helper_vm_flags_clear(struct vm_area_struct *vma,
					      vm_flags_t flags)
{
	vm_flags_clear(vma, flags);
}

__rust_helper bool
rust_helper_vma_is_initial_heap(const struct vm_area_struct *vma)
{
	return vma_is_initial_heap(vma);
}

__rust_helper bool
rust_helper_vma_is_initial_stack(const struct vm_area_struct *vma)
{
	return vma_is_initial_stack(vma);
}

__rust_helper const struct path *
rust_helper_file_user_path(const struct file *f)
{
	return file_user_path(f);
}

__rust_helper void rust_helper_i_mmap_lock_read(struct address_space *mapping)
{
	i_mmap_lock_read(mapping);
}

__rust_helper int
rust_helper_i_mmap_trylock_read(struct address_space *mapping)
{
	return i_mmap_trylock_read(mapping);
}

__rust_helper void
rust_helper_i_mmap_unlock_read(struct address_space *mapping)
{
	i_mmap_unlock_read(mapping);
}

__rust_helper void rust_helper_i_mmap_lock_write(struct address_space *mapping)
{
	i_mmap_lock_write(mapping);
}

__rust_helper int
rust_helper_i_mmap_trylock_write(struct address_space *mapping)
{
	return i_mmap_trylock_write(mapping);
}

__rust_helper void
rust_helper_i_mmap_unlock_write(struct address_space *mapping)
{
	i_mmap_unlock_write(mapping);
}

__rust_helper int rust_helper_mapping_mapped(struct address_space *mapping)
{
	return mapping_mapped(mapping);
}
