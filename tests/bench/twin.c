// SPDX-License-Identifier: GPL-2.0-only
/*
 * What main.rs does by the guards, in C, as one would write it without them.
 */

#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/pgtable.h>
#include <linux/slab.h>
#include <linux/timex.h>

#include "../../rust/helpers/pte_map.h"
#include "twin.h"

u64 bench_cycles(void)
{
	return get_cycles();
}

static struct vm_area_struct *lock_vma(struct mm_struct *mm, unsigned long addr,
				       bool *mmap_locked)
{
	struct vm_area_struct *vma;
	int err;

	*mmap_locked = false;
	vma = lock_vma_under_rcu(mm, addr);
	if (vma)
		return vma;

	err = mmap_read_lock_killable(mm);
	if (err)
		return ERR_PTR(err);
	vma = vma_lookup(mm, addr);
	if (!vma) {
		mmap_read_unlock(mm);
		return ERR_PTR(-EFAULT);
	}
	*mmap_locked = true;
	return vma;
}

static void unlock_vma(struct vm_area_struct *vma, bool mmap_locked)
{
	if (mmap_locked)
		mmap_read_unlock(vma->vm_mm);
	else
		vma_end_read(vma);
}

/* NULL, with the end of what has no table, if there is no PMD entry. */
static pmd_t *walk_to_pmd(struct mm_struct *mm, unsigned long addr,
			  unsigned long end, unsigned long *next)
{
	pgd_t *pgd, pgdval;
	p4d_t *p4d, p4dval;
	pud_t *pud, pudval;

	pgd = pgd_offset(mm, addr);
	pgdval = pgdp_get(pgd);
	if (pgd_none(pgdval) || pgd_bad(pgdval)) {
		*next = pgd_addr_end(addr, end);
		return NULL;
	}
	p4d = p4d_offset(pgd, addr);
	p4dval = p4dp_get(p4d);
	if (p4d_none(p4dval) || p4d_bad(p4dval)) {
		*next = p4d_addr_end(addr, end);
		return NULL;
	}
	pud = pud_offset(p4d, addr);
	pudval = pudp_get(pud);
	if (pud_none(pudval) || !pud_present(pudval) || pud_leaf(pudval) ||
	    pud_bad(pudval)) {
		*next = pud_addr_end(addr, end);
		return NULL;
	}
	*next = pmd_addr_end(addr, end);
	return pmd_offset(pud, addr);
}

static void scan_table(pte_t *pte, unsigned long addr, unsigned long end,
		       struct bench_counts *counts)
{
	for (; addr < end; addr += PAGE_SIZE, pte++) {
		pte_t ptent = ptep_get(pte);

		if (pte_none(ptent)) {
			counts->none++;
		} else if (pte_present(ptent)) {
			counts->present++;
			if (pte_young(ptent))
				counts->young++;
			if (pte_dirty(ptent))
				counts->dirty++;
		}
	}
}

int bench_scan(struct mm_struct *mm, unsigned long addr,
	       struct bench_counts *result)
{
	struct bench_counts counts = {};
	struct vm_area_struct *vma;
	unsigned long end, next;
	bool mmap_locked;

	vma = lock_vma(mm, addr, &mmap_locked);
	if (IS_ERR(vma))
		return PTR_ERR(vma);

	end = vma->vm_end;
	for (addr = vma->vm_start; addr < end; addr = next) {
		pmd_t *pmd = walk_to_pmd(mm, addr, end, &next);
		spinlock_t *ptl;
		pte_t *pte;

		if (!pmd)
			continue;
		pte = mmguard_pte_offset_map_lock(mm, pmd, addr, &ptl);
		if (!pte)
			continue;
		scan_table(pte, addr, next, &counts);
		pte_unmap_unlock(pte, ptl);
	}
	unlock_vma(vma, mmap_locked);
	*result = counts;
	return 0;
}

int bench_vma_read(struct mm_struct *mm, unsigned long addr, unsigned int times,
		   unsigned long *sum)
{
	for (; times--; addr += PAGE_SIZE) {
		struct vm_area_struct *vma = lock_vma_under_rcu(mm, addr);

		if (!vma)
			return -EAGAIN;
		*sum += vma->vm_end - vma->vm_start;
		vma_end_read(vma);
	}
	return 0;
}

int bench_mmap_read(struct mm_struct *mm, unsigned long addr,
		    unsigned int times, unsigned long *sum)
{
	for (; times--; addr += PAGE_SIZE) {
		struct vm_area_struct *vma;

		mmap_read_lock(mm);
		vma = vma_lookup(mm, addr);
		if (!vma) {
			mmap_read_unlock(mm);
			return -EFAULT;
		}
		*sum += vma->vm_end - vma->vm_start;
		mmap_read_unlock(mm);
	}
	return 0;
}

int bench_stabilise(struct mm_struct *mm, unsigned long addr,
		    unsigned int times, unsigned long *sum)
{
	for (; times--; addr += PAGE_SIZE) {
		struct vm_area_struct *vma;
		bool mmap_locked;

		vma = lock_vma(mm, addr, &mmap_locked);
		if (IS_ERR(vma))
			return PTR_ERR(vma);
		*sum += vma->vm_end - vma->vm_start;
		unlock_vma(vma, mmap_locked);
	}
	return 0;
}

int bench_pmd_entry(struct mm_struct *mm, unsigned long addr,
		    unsigned int times, unsigned long *sum)
{
	struct vm_area_struct *vma;
	bool mmap_locked;
	int err = 0;

	vma = lock_vma(mm, addr, &mmap_locked);
	if (IS_ERR(vma))
		return PTR_ERR(vma);
	for (; times--; addr += PAGE_SIZE) {
		unsigned long next;
		pmd_t *pmd = walk_to_pmd(mm, addr, vma->vm_end, &next);

		if (!pmd) {
			err = -ENOENT;
			break;
		}
		*sum += (unsigned long)pmd;
	}
	unlock_vma(vma, mmap_locked);
	return err;
}

int bench_lock_pte_table(struct mm_struct *mm, unsigned long addr,
			 unsigned int times, unsigned long *sum)
{
	struct vm_area_struct *vma;
	unsigned long next;
	bool mmap_locked;
	pmd_t *pmd;
	int err = 0;

	vma = lock_vma(mm, addr, &mmap_locked);
	if (IS_ERR(vma))
		return PTR_ERR(vma);
	pmd = walk_to_pmd(mm, addr, vma->vm_end, &next);
	if (!pmd)
		err = -ENOENT;
	while (pmd && times--) {
		spinlock_t *ptl;
		pte_t *pte;

		pte = mmguard_pte_offset_map_lock(mm, pmd, addr, &ptl);
		if (!pte) {
			err = -ENOENT;
			break;
		}
		*sum += 1;
		pte_unmap_unlock(pte, ptl);
	}
	unlock_vma(vma, mmap_locked);
	return err;
}

/* Pages that a fault maps. */
struct buffer {
	struct mutex lock;
	struct page *pages[BENCH_FAULT_PAGES];
};

static vm_fault_t buffer_fault(struct vm_fault *vmf)
{
	struct buffer *buffer = vmf->vma->vm_private_data;
	vm_fault_t ret = VM_FAULT_SIGBUS;

	mutex_lock(&buffer->lock);
	if (vmf->pgoff < BENCH_FAULT_PAGES && buffer->pages[vmf->pgoff])
		ret = vmf_insert_page_mkwrite(vmf, buffer->pages[vmf->pgoff],
					      false);
	mutex_unlock(&buffer->lock);
	return ret;
}

static void buffer_close(struct vm_area_struct *vma)
{
	struct buffer *buffer = vma->vm_private_data;
	int i;

	for (i = 0; i < BENCH_FAULT_PAGES; i++)
		if (buffer->pages[i])
			__free_page(buffer->pages[i]);
	kvfree(buffer);
}

static const struct vm_operations_struct buffer_ops = {
	.fault = buffer_fault,
	.close = buffer_close,
};

int bench_mmap(struct vm_area_struct *vma)
{
	struct buffer *buffer = kvzalloc(sizeof(*buffer), GFP_KERNEL);
	int i;

	if (!buffer)
		return -ENOMEM;
	mutex_init(&buffer->lock);
	for (i = 0; i < BENCH_FAULT_PAGES; i++)
		buffer->pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
	vma->vm_pgoff = 0;
	vma->vm_private_data = buffer;
	vma->vm_ops = &buffer_ops;
	vm_flags_set(vma, VM_MIXEDMAP | VM_DONTEXPAND | VM_DONTCOPY | VM_IO);
	return 0;
}

/* The driver is that of the VMA: in C, or in Rust. */
int bench_fault(struct mm_struct *mm, unsigned long addr, unsigned int times,
		unsigned long *sum)
{
	struct vm_area_struct *vma;
	int err = 0;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	if (!vma || !vma->vm_ops || !vma->vm_ops->fault)
		err = -EFAULT;
	for (; !err && times--; addr += PAGE_SIZE) {
		struct vm_fault vmf = {
			.vma = vma,
			.address = addr,
			.real_address = addr,
			.flags = FAULT_FLAG_DEFAULT | FAULT_FLAG_USER,
			.pgoff = linear_page_index(vma, addr),
			.gfp_mask = GFP_KERNEL,
		};

		if (vma->vm_ops->fault(&vmf) != VM_FAULT_NOPAGE)
			err = -ENOMEM;
		*sum += 1;
	}
	mmap_read_unlock(mm);
	return err;
}
