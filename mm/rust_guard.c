// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inline functions and functions of core mm that the Rust guards call. Modules
 * do not have them, and nothing here is exported.
 */

#include <linux/hugetlb.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/page_idle.h>
#include <linux/pagemap.h>
#include <linux/pgalloc.h>
#include <linux/pgtable.h>
#include <linux/rmap.h>
#include <linux/sched/signal.h>
#include <linux/security.h>

#include <asm/tlbflush.h>

#include "internal.h"
#include "rust_guard.h"

void rust_guard_anon_vma_lock_read(struct anon_vma *anon_vma)
{
	anon_vma_lock_read(anon_vma);
}

int rust_guard_anon_vma_trylock_read(struct anon_vma *anon_vma)
{
	return anon_vma_trylock_read(anon_vma);
}

void rust_guard_anon_vma_unlock_read(struct anon_vma *anon_vma)
{
	anon_vma_unlock_read(anon_vma);
}

void rust_guard_anon_vma_lock_write(struct anon_vma *anon_vma)
{
	anon_vma_lock_write(anon_vma);
}

int rust_guard_anon_vma_trylock_write(struct anon_vma *anon_vma)
{
	return anon_vma_trylock_write(anon_vma);
}

void rust_guard_anon_vma_unlock_write(struct anon_vma *anon_vma)
{
	anon_vma_unlock_write(anon_vma);
}

void rust_guard_anon_vma_assert_locked(const struct anon_vma *anon_vma)
{
	rwsem_assert_held(&anon_vma->root->rwsem);
}

void rust_guard_anon_vma_assert_write_locked(const struct anon_vma *anon_vma)
{
	rwsem_assert_held_write(&anon_vma->root->rwsem);
}

int rust_guard_anon_vma_prepare(struct vm_area_struct *vma)
{
	return anon_vma_prepare(vma);
}

unsigned long
rust_guard_vma_start_anon_pgoff(const struct vm_area_struct *vma)
{
	return vma_start_anon_pgoff(vma);
}

bool rust_guard_fatal_signal_pending(void)
{
	return fatal_signal_pending(current);
}

/* The folio that is mapped at an address, with a reference, or an ERR_PTR(). */
struct folio *rust_guard_get_user_folio(struct mm_struct *mm,
					unsigned long addr)
{
	struct folio *folio;
	struct page *page;
	long pinned;

	pinned = get_user_pages_remote(mm, addr, 1, 0, &page, NULL);
	if (pinned != 1)
		return ERR_PTR(pinned < 0 ? pinned : -EFAULT);

	folio = page_folio(page);
	if (folio_test_hugetlb(folio)) {
		folio_put(folio);
		return ERR_PTR(-EINVAL);
	}
	return folio;
}

void rust_guard_folio_put(struct folio *folio)
{
	folio_put(folio);
}

void rust_guard_folio_lock(struct folio *folio)
{
	folio_lock(folio);
}

pgoff_t rust_guard_folio_index(const struct folio *folio)
{
	return folio->index;
}

/* As __install_special_mapping() does once the VMA is filled in. */
int rust_guard_insert_vm_struct(struct mm_struct *mm,
				struct vm_area_struct *vma)
{
	int err;

	if (vma->vm_start < mmap_min_addr)
		return -EPERM;

	err = insert_vm_struct(mm, vma);
	if (!err)
		vm_stat_account(mm, vma->vm_flags, vma_pages(vma));
	return err;
}

/* As handle_mm_fault() does: the tables for an address, down to the PTE table. */
int rust_guard_pte_alloc(struct vm_area_struct *vma, unsigned long addr)
{
	struct mm_struct *mm = vma->vm_mm;
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;

	p4d = p4d_alloc(mm, pgd_offset(mm, addr), addr);
	if (!p4d)
		return -ENOMEM;
	pud = pud_alloc(mm, p4d, addr);
	if (!pud)
		return -ENOMEM;
	if (pud_leaf(pudp_get(pud)))
		return 0;
	pmd = pmd_alloc(mm, pud, addr);
	if (!pmd)
		return -ENOMEM;
	/* A fault may have put a huge page there meanwhile. */
	if (pud_trans_unstable(pud))
		return 0;
	return pte_alloc(mm, pmd) ? -ENOMEM : 0;
}

/* As for idle page tracking: that the page was accessed is not lost to reclaim. */
bool rust_guard_test_and_clear_young(struct vm_area_struct *vma,
				     unsigned long addr, pte_t *pte)
{
	pte_t pteval = ptep_get(pte);
	struct folio *folio;

	if (!pte_present(pteval) ||
	    !test_and_clear_young_ptes_notify(vma, addr, pte, 1))
		return false;

	folio = vm_normal_folio(vma, addr, pteval);
	if (folio) {
		folio_clear_idle(folio);
		folio_set_young(folio);
	}
	return true;
}

bool rust_guard_pmd_test_and_clear_young(struct vm_area_struct *vma,
					 unsigned long addr, pmd_t *pmd)
{
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	pmd_t pmdval = pmdp_get(pmd);
	struct folio *folio;

	if (!pmd_present(pmdval) || !pmd_leaf(pmdval) ||
	    !pmdp_test_and_clear_young_notify(vma, addr, pmd))
		return false;

	folio = vm_normal_folio_pmd(vma, addr, pmdval);
	if (folio) {
		folio_clear_idle(folio);
		folio_set_young(folio);
	}
	return true;
#else
	return false;
#endif
}

pte_t rust_guard_ptep_modify_prot_start(struct vm_area_struct *vma,
					unsigned long addr, pte_t *pte)
{
	return ptep_modify_prot_start(vma, addr, pte);
}

void rust_guard_ptep_modify_prot_commit(struct vm_area_struct *vma,
					unsigned long addr, pte_t *pte,
					pte_t old, pte_t new)
{
	ptep_modify_prot_commit(vma, addr, pte, old, new);
}

pte_t rust_guard_pte_mkold(pte_t pte)
{
	return pte_mkold(pte);
}

void rust_guard_flush_tlb_range(struct vm_area_struct *vma, unsigned long start,
				unsigned long end)
{
	flush_tlb_range(vma, start, end);
}
