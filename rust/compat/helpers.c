// SPDX-License-Identifier: GPL-2.0-only
/*
 * The C shims, for a module of its own. In a kernel tree they are part of
 * rust/helpers/helpers.c, which has this macro.
 */

/* Not for bindgen, which ignores inline functions. */
#ifdef __BINDGEN__
#define __rust_helper
#else
#define __rust_helper __always_inline
#endif

#include <linux/compiler_types.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 3, 0)
#define pte_uffd pte_uffd_wp
#define pte_swp_uffd pte_swp_uffd_wp
#define pmd_uffd pmd_uffd_wp
#define pmd_swp_uffd pmd_swp_uffd_wp
#endif

#include "../helpers/mm_guard.c"
#include "../helpers/pte_map.h"

/*
 * By the names of the functions that the kernel has for itself. Like those, they
 * are called: this is more than Rust code should have a copy of at each use.
 */
pte_t *rust_helper___pte_offset_map(pmd_t *pmd, unsigned long addr,
				    pmd_t *pmdvalp)
{
	return mmguard_pte_offset_map(pmd, addr, pmdvalp);
}

pte_t *rust_helper_pte_offset_map_rw_nolock(struct mm_struct *mm, pmd_t *pmd,
					    unsigned long addr, pmd_t *pmdvalp,
					    spinlock_t **ptlp)
{
	return mmguard_pte_offset_map_rw_nolock(mm, pmd, addr, pmdvalp, ptlp);
}

pte_t *rust_helper_pte_offset_map_lock(struct mm_struct *mm, pmd_t *pmd,
				       unsigned long addr, spinlock_t **ptlp)
{
	return mmguard_pte_offset_map_lock(mm, pmd, addr, ptlp);
}

#if defined(CONFIG_ARM64) && defined(CONFIG_DEBUG_VM)
/*
 * What set_pte_at() there asks of a change of a present entry, and the kernel
 * keeps to itself. The guards of a module write to empty entries alone.
 */
bool __weak pgattr_change_is_safe(pteval_t old, pteval_t new)
{
	return true;
}
#endif
