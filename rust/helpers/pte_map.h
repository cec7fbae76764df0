/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pte_offset_map_lock() and its kin from inline functions, for modules, which
 * do not have mm/pgtable-generic.c's. The steps are the same, but that a bad
 * PMD entry is left as it is: pmd_clear_bad() is not exported either. The tests
 * of the kernel's own suite compare the two.
 */
#ifndef _RUST_HELPERS_PTE_MAP_H
#define _RUST_HELPERS_PTE_MAP_H

#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#if defined(CONFIG_GUP_GET_PXX_LOW_HIGH)
#error "mmguard: a PMD entry cannot be read at once on this architecture"
#endif

/* For the test that counts how often a PMD entry changed before the lock. */
#ifndef MMGUARD_PMD_CHANGED
#define MMGUARD_PMD_CHANGED() do { } while (0)
#endif

static inline pte_t *mmguard_pte_offset_map(pmd_t *pmd, unsigned long addr,
					    pmd_t *pmdvalp)
{
	pmd_t pmdval;

	rcu_read_lock();
	pmdval = pmdp_get_lockless(pmd);
	if (pmdvalp)
		*pmdvalp = pmdval;
	if (unlikely(pmd_none(pmdval) || !pmd_present(pmdval) ||
		     pmd_trans_huge(pmdval) || pmd_bad(pmdval))) {
		rcu_read_unlock();
		return NULL;
	}
	return __pte_map(&pmdval, addr);
}

static inline pte_t *
mmguard_pte_offset_map_rw_nolock(struct mm_struct *mm, pmd_t *pmd,
				 unsigned long addr, pmd_t *pmdvalp,
				 spinlock_t **ptlp)
{
	pte_t *pte = mmguard_pte_offset_map(pmd, addr, pmdvalp);

	if (likely(pte))
		*ptlp = pte_lockptr(mm, pmdvalp);
	return pte;
}

static inline pte_t *mmguard_pte_offset_map_lock(struct mm_struct *mm,
						 pmd_t *pmd, unsigned long addr,
						 spinlock_t **ptlp)
{
	spinlock_t *ptl; /* of the table that was mapped */
	pmd_t pmdval;
	pte_t *pte;

	for (;;) {
		pte = mmguard_pte_offset_map_rw_nolock(mm, pmd, addr, &pmdval,
						       &ptl);
		if (unlikely(!pte))
			return NULL;
		spin_lock(ptl);
		if (likely(pmd_same(pmdval, pmdp_get_lockless(pmd)))) {
			*ptlp = ptl;
			return pte;
		}
		pte_unmap_unlock(pte, ptl);
		MMGUARD_PMD_CHANGED();
	}
}

#endif /* _RUST_HELPERS_PTE_MAP_H */
