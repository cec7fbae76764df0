// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tests of page-table locks ask, past the crate that they test.
 */

#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/pgtable.h>

#include "pmd_changed.h"

bool mmguard_contend_holds_table(struct mm_struct *mm, pmd_t *pmd);
unsigned long mmguard_contend_pmd_changes(void);

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
