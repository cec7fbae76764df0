// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tests of page-table locks ask, past the crate that they test.
 */

#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sched.h>

#include "pmd_changed.h"

bool mmguard_contend_holds_table(struct mm_struct *mm, pmd_t *pmd);
unsigned long mmguard_contend_pmd_changes(void);
bool mmguard_contend_watch(void);
unsigned long mmguard_contend_unwatch(void);

/* The task whose tables are followed, and those that it has mapped, in order. */
static struct task_struct *watched;
static pte_t *mapped[2];
static unsigned int nr_mapped;
static unsigned long misplaced;

atomic_long_t mmguard_contend_pmd_changed;

/* How often, since the module was loaded. */
unsigned long mmguard_contend_pmd_changes(void)
{
	return atomic_long_read(&mmguard_contend_pmd_changed);
}

/* Does the PMD entry lead to a table now, and does this task hold its lock? */
bool mmguard_contend_holds_table(struct mm_struct *mm, pmd_t *pmd)
{
	pmd_t pmdval = pmdp_get_lockless(pmd);
	spinlock_t *ptl;

	if (pmd_none(pmdval) || !pmd_present(pmdval) ||
	    pmd_trans_huge(pmdval) || pmd_bad(pmdval))
		return false;
	ptl = pte_lockptr(mm, &pmdval);
	return IS_ENABLED(CONFIG_LOCKDEP) ? lockdep_is_held(ptl) :
					    spin_is_locked(ptl);
}

/* Follows this task, unless another one is followed. */
bool mmguard_contend_watch(void)
{
	if (cmpxchg(&watched, NULL, current))
		return false;
	nr_mapped = 0;
	misplaced = 0;
	return true;
}

/*
 * How often this task has unmapped a table before the one that it mapped last,
 * or has not unmapped one, or still held the lock of a table that it unmapped.
 */
unsigned long mmguard_contend_unwatch(void)
{
	unsigned long result = misplaced + nr_mapped;

	smp_store_release(&watched, NULL);
	return result;
}

pte_t *mmguard_contend_mapped(pte_t *pte)
{
	if (READ_ONCE(watched) == current && pte) {
		if (nr_mapped < ARRAY_SIZE(mapped))
			mapped[nr_mapped++] = pte;
		else
			misplaced++;
	}
	return pte;
}

void mmguard_contend_unmaps(pte_t *pte)
{
	if (READ_ONCE(watched) != current)
		return;
	if (nr_mapped && mapped[nr_mapped - 1] == pte)
		nr_mapped--;
	else
		misplaced++;
#ifdef CONFIG_SPLIT_PTE_PTLOCKS
	/* Without lockdep, a lock does not tell whose it is. */
	if (IS_ENABLED(CONFIG_LOCKDEP) &&
	    lockdep_is_held(ptlock_ptr(page_ptdesc(virt_to_page(pte)))))
		misplaced++;
#endif
}
