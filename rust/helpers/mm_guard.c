// SPDX-License-Identifier: GPL-2.0-only

#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/leafops.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/pagemap.h>
#include <linux/pgtable.h>

#ifdef CONFIG_MMU

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

/*
 * No lock of an mm, or of any mm, is held by this task: neither the mmap lock nor
 * the read lock of a VMA. That is for lockdep to know, without it nothing is said.
 * Reclaim runs under any lock, and is for those that only try.
 */
__rust_helper void rust_helper_mm_assert_none_held(const struct mm_struct *mm)
{
#ifdef CONFIG_LOCKDEP
	int i;

	if (!debug_locks || (current->flags & PF_MEMALLOC))
		return;

	for (i = 0; i < current->lockdep_depth; i++) {
		const struct lockdep_map *map = current->held_locks[i].instance;
		const struct mm_struct *held = NULL;

		if (!strcmp(map->name, "&mm->mmap_lock"))
			held = container_of_const(map, struct mm_struct,
						  mmap_lock.dep_map);
#ifdef CONFIG_PER_VMA_LOCK
		else if (!strcmp(map->name, "vm_lock"))
			held = container_of_const(map, struct vm_area_struct,
						  vmlock_dep_map)->vm_mm;
#endif
		WARN_ONCE(held && (!mm || mm == held),
			  "this task holds a lock of this mm already: %s\n",
			  map->name);
	}
#endif
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

__rust_helper bool
rust_helper_is_vm_hugetlb_page(const struct vm_area_struct *vma)
{
	return is_vm_hugetlb_page(vma);
}

__rust_helper bool
rust_helper_vma_is_temporary_stack(const struct vm_area_struct *vma)
{
	return vma_is_temporary_stack(vma);
}

__rust_helper unsigned long
rust_helper_vma_kernel_pagesize(struct vm_area_struct *vma)
{
	return vma_kernel_pagesize(vma);
}

__rust_helper pgd_t *rust_helper_pgd_offset(struct mm_struct *mm,
					    unsigned long addr)
{
	return pgd_offset(mm, addr);
}

/*
 * Where the P4D level is folded, these are constants, and the type of the entry
 * may be one that cannot be passed by value.
 */
__rust_helper bool rust_helper_pgdp_is_none(pgd_t *pgd)
{
#ifdef __PAGETABLE_P4D_FOLDED
	return false;
#else
	return pgd_none(pgdp_get(pgd));
#endif
}

__rust_helper bool rust_helper_pgdp_is_bad(pgd_t *pgd)
{
#ifdef __PAGETABLE_P4D_FOLDED
	return false;
#else
	return pgd_bad(pgdp_get(pgd));
#endif
}

__rust_helper unsigned long rust_helper_pgd_addr_end(unsigned long addr,
						     unsigned long end)
{
	return pgd_addr_end(addr, end);
}

__rust_helper p4d_t *rust_helper_p4d_offset(pgd_t *pgd, unsigned long addr)
{
	return p4d_offset(pgd, addr);
}

__rust_helper p4d_t rust_helper_p4dp_get(p4d_t *p4d)
{
	return p4dp_get(p4d);
}

__rust_helper int rust_helper_p4d_none(p4d_t p4d)
{
	return p4d_none(p4d);
}

__rust_helper int rust_helper_p4d_bad(p4d_t p4d)
{
	return p4d_bad(p4d);
}

__rust_helper unsigned long rust_helper_p4d_addr_end(unsigned long addr,
						     unsigned long end)
{
	return p4d_addr_end(addr, end);
}

__rust_helper pud_t *rust_helper_pud_offset(p4d_t *p4d, unsigned long addr)
{
	return pud_offset(p4d, addr);
}

__rust_helper pud_t rust_helper_pudp_get(pud_t *pud)
{
	return pudp_get(pud);
}

__rust_helper int rust_helper_pud_none(pud_t pud)
{
	return pud_none(pud);
}

__rust_helper int rust_helper_pud_present(pud_t pud)
{
	return pud_present(pud);
}

__rust_helper bool rust_helper_pud_leaf(pud_t pud)
{
	return pud_leaf(pud);
}

__rust_helper int rust_helper_pud_bad(pud_t pud)
{
	return pud_bad(pud);
}

__rust_helper unsigned long rust_helper_pud_addr_end(unsigned long addr,
						     unsigned long end)
{
	return pud_addr_end(addr, end);
}

/*
 * Walks to a PMD entry. NULL if there is no PMD table. An entry that leads to a table
 * does not change, so it may be loaded twice, as in mm_find_pmd().
 */
__rust_helper pmd_t *rust_helper_find_pmd(struct mm_struct *mm,
					  unsigned long addr)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	p4d_t *p4d, p4dval;
	pud_t *pud, pudval;

	if (rust_helper_pgdp_is_none(pgd) || rust_helper_pgdp_is_bad(pgd))
		return NULL;
	p4d = p4d_offset(pgd, addr);
	p4dval = p4dp_get(p4d);
	if (p4d_none(p4dval) || p4d_bad(p4dval))
		return NULL;
	pud = pud_offset(p4d, addr);
	pudval = pudp_get(pud);
	if (pud_none(pudval) || !pud_present(pudval) || pud_leaf(pudval) ||
	    pud_bad(pudval))
		return NULL;
	return pmd_offset(pud, addr);
}

/* The bits of an address that a PMD entry leaves to the table below it are 0. */
__rust_helper unsigned long rust_helper_pmd_mask(void)
{
	return PMD_MASK;
}

__rust_helper pmd_t *rust_helper_pmd_offset(pud_t *pud, unsigned long addr)
{
	return pmd_offset(pud, addr);
}

__rust_helper pmd_t rust_helper_pmdp_get_lockless(pmd_t *pmd)
{
	return pmdp_get_lockless(pmd);
}

__rust_helper pmd_t rust_helper_pmdp_get(pmd_t *pmd)
{
	return pmdp_get(pmd);
}

__rust_helper int rust_helper_pmd_none(pmd_t pmd)
{
	return pmd_none(pmd);
}

__rust_helper int rust_helper_pmd_present(pmd_t pmd)
{
	return pmd_present(pmd);
}

__rust_helper bool rust_helper_pmd_leaf(pmd_t pmd)
{
	return pmd_leaf(pmd);
}

__rust_helper int rust_helper_pmd_bad(pmd_t pmd)
{
	return pmd_bad(pmd);
}

__rust_helper int rust_helper_pmd_same(pmd_t a, pmd_t b)
{
	return pmd_same(a, b);
}

__rust_helper unsigned long rust_helper_pmd_addr_end(unsigned long addr,
						     unsigned long end)
{
	return pmd_addr_end(addr, end);
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
__rust_helper int rust_helper_pmd_young(pmd_t pmd)
{
	return pmd_young(pmd);
}

__rust_helper int rust_helper_pmd_dirty(pmd_t pmd)
{
	return pmd_dirty(pmd);
}

__rust_helper int rust_helper_pmd_write(pmd_t pmd)
{
	return pmd_write(pmd);
}

__rust_helper bool rust_helper_pmd_special(pmd_t pmd)
{
	return pmd_special(pmd);
}

__rust_helper unsigned long rust_helper_pmd_pfn(pmd_t pmd)
{
	return pmd_pfn(pmd);
}

__rust_helper int rust_helper_pmd_soft_dirty(pmd_t pmd)
{
	return pmd_soft_dirty(pmd);
}

__rust_helper int rust_helper_pmd_swp_soft_dirty(pmd_t pmd)
{
	return pmd_swp_soft_dirty(pmd);
}

__rust_helper int rust_helper_pmd_uffd(pmd_t pmd)
{
	return pmd_uffd(pmd);
}

__rust_helper int rust_helper_pmd_swp_uffd(pmd_t pmd)
{
	return pmd_swp_uffd(pmd);
}

__rust_helper bool rust_helper_pmd_is_migration_entry(pmd_t pmd)
{
	return pmd_is_migration_entry(pmd);
}
#endif

__rust_helper spinlock_t *rust_helper_pmd_lockptr(struct mm_struct *mm,
						  pmd_t *pmd)
{
	return pmd_lockptr(mm, pmd);
}

__rust_helper spinlock_t *rust_helper_pmd_lock(struct mm_struct *mm,
					       pmd_t *pmd)
{
	return pmd_lock(mm, pmd);
}

__rust_helper void rust_helper_spin_lock_nested(spinlock_t *lock, int subclass)
{
	spin_lock_nested(lock, subclass);
}

__rust_helper void rust_helper_pte_unmap(pte_t *pte)
{
	pte_unmap(pte);
}

__rust_helper void rust_helper_pte_unmap_unlock(pte_t *pte, spinlock_t *ptl)
{
	pte_unmap_unlock(pte, ptl);
}

__rust_helper pte_t rust_helper_ptep_get(pte_t *pte)
{
	return ptep_get(pte);
}

/*
 * Reads entries of a table that is locked, from @pte on and at most @max, while they
 * say the same as the first one, which is @first. Of pages that are present and
 * counted, the page frames may differ. Returns how many there are.
 */
__rust_helper unsigned long rust_helper_ptep_get_run(pte_t *pte,
						     unsigned long max,
						     pte_t *first)
{
	const pte_t entry = ptep_get(pte);
	const u64 prot = pgprot_val(pte_pgprot(entry));
	/* An architecture without pte_pgprot() has a constant for it. */
	const bool may_differ = !__builtin_constant_p(prot) &&
				pte_present(entry) && !pte_special(entry);
	unsigned long nr = 1;

	*first = entry;
	if (may_differ)
		while (nr < max &&
		       pgprot_val(pte_pgprot(ptep_get(pte + nr))) == prot)
			nr++;
	else
		while (nr < max && pte_same(ptep_get(pte + nr), entry))
			nr++;
	return nr;
}

__rust_helper pte_t rust_helper_ptep_get_lockless(pte_t *pte)
{
	return ptep_get_lockless(pte);
}

__rust_helper int rust_helper_pte_none(pte_t pte)
{
	return pte_none(pte);
}

__rust_helper int rust_helper_pte_present(pte_t pte)
{
	return pte_present(pte);
}

__rust_helper int rust_helper_pte_young(pte_t pte)
{
	return pte_young(pte);
}

__rust_helper int rust_helper_pte_dirty(pte_t pte)
{
	return pte_dirty(pte);
}

__rust_helper int rust_helper_pte_write(pte_t pte)
{
	return pte_write(pte);
}

__rust_helper int rust_helper_pte_special(pte_t pte)
{
	return pte_special(pte);
}

__rust_helper int rust_helper_pte_soft_dirty(pte_t pte)
{
	return pte_soft_dirty(pte);
}

__rust_helper int rust_helper_pte_swp_soft_dirty(pte_t pte)
{
	return pte_swp_soft_dirty(pte);
}

__rust_helper int rust_helper_pte_uffd(pte_t pte)
{
	return pte_uffd(pte);
}

__rust_helper int rust_helper_pte_swp_uffd(pte_t pte)
{
	return pte_swp_uffd(pte);
}

__rust_helper unsigned long rust_helper_pte_pfn(pte_t pte)
{
	return pte_pfn(pte);
}

__rust_helper pte_t rust_helper_pfn_pte(unsigned long pfn, pgprot_t prot)
{
	return pfn_pte(pfn, prot);
}

__rust_helper pte_t rust_helper_pte_mkspecial(pte_t pte)
{
	return pte_mkspecial(pte);
}

__rust_helper int rust_helper_is_zero_pfn(unsigned long pfn)
{
	return is_zero_pfn(pfn);
}

__rust_helper softleaf_t rust_helper_softleaf_from_pte(pte_t pte)
{
	return softleaf_from_pte(pte);
}

__rust_helper bool rust_helper_softleaf_is_swap(softleaf_t entry)
{
	return softleaf_is_swap(entry);
}

__rust_helper bool rust_helper_softleaf_is_migration(softleaf_t entry)
{
	return softleaf_is_migration(entry);
}

__rust_helper bool rust_helper_softleaf_is_device_private(softleaf_t entry)
{
	return softleaf_is_device_private(entry);
}

__rust_helper bool rust_helper_softleaf_is_device_exclusive(softleaf_t entry)
{
	return softleaf_is_device_exclusive(entry);
}

__rust_helper bool rust_helper_softleaf_is_hwpoison(softleaf_t entry)
{
	return softleaf_is_hwpoison(entry);
}

__rust_helper bool rust_helper_softleaf_is_guard_marker(softleaf_t entry)
{
	return softleaf_is_guard_marker(entry);
}

__rust_helper bool rust_helper_softleaf_is_uffd_wp_marker(softleaf_t entry)
{
	return softleaf_is_uffd_wp_marker(entry);
}

__rust_helper bool rust_helper_softleaf_is_poison_marker(softleaf_t entry)
{
	return softleaf_is_poison_marker(entry);
}

__rust_helper void rust_helper_set_pte_at(struct mm_struct *mm,
					  unsigned long addr, pte_t *ptep,
					  pte_t pte)
{
	set_pte_at(mm, addr, ptep, pte);
}

__rust_helper void rust_helper_update_mmu_cache(struct vm_area_struct *vma,
						unsigned long addr, pte_t *ptep)
{
	update_mmu_cache(vma, addr, ptep);
}

__rust_helper struct file *
rust_helper_anon_inode_create_getfile(const char *name,
				      const struct file_operations *fops,
				      void *priv, int flags,
				      const struct inode *context_inode)
{
	return anon_inode_create_getfile(name, fops, priv, flags,
					 context_inode);
}

__rust_helper unsigned long rust_helper_page_to_pfn(const struct page *page)
{
	return page_to_pfn(page);
}

__rust_helper void rust_helper_lock_page(struct page *page)
{
	lock_page(page);
}

__rust_helper void rust_helper_release_fault_lock(struct vm_fault *vmf)
{
	release_fault_lock(vmf);
}

__rust_helper bool rust_helper_is_pmd_order(unsigned int order)
{
	return is_pmd_order(order);
}

/* A huge page is where a fault was. Of two faults the other one mapped it. */
__rust_helper bool rust_helper_vmf_pmd_is_leaf(struct vm_fault *vmf)
{
	pmd_t pmd = pmdp_get_lockless(vmf->pmd);

	return pmd_present(pmd) && pmd_leaf(pmd);
}

/* A table is where a fault was that found none. */
__rust_helper bool rust_helper_vmf_pmd_is_table(struct vm_fault *vmf)
{
	pmd_t pmd = pmdp_get_lockless(vmf->pmd);

	return pmd_present(pmd) && !pmd_leaf(pmd);
}

__rust_helper pgprot_t rust_helper_pgprot_noncached(pgprot_t prot)
{
	return pgprot_noncached(prot);
}

__rust_helper pgprot_t rust_helper_pgprot_writecombine(pgprot_t prot)
{
	return pgprot_writecombine(prot);
}

#endif /* CONFIG_MMU */
