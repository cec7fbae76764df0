/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MMGUARD_BENCH_TWIN_H
#define _MMGUARD_BENCH_TWIN_H

#include <linux/types.h>

struct mm_struct;
struct vm_area_struct;

/* As Counts in uapi.rs. */
struct bench_counts {
	u64 present;
	u64 young;
	u64 dirty;
	u64 none;
};

u64 bench_cycles(void);
int bench_scan(struct mm_struct *mm, unsigned long addr,
	       struct bench_counts *result);

int bench_vma_read(struct mm_struct *mm, unsigned long addr, unsigned int times,
		   unsigned long *sum);
int bench_mmap_read(struct mm_struct *mm, unsigned long addr,
		    unsigned int times, unsigned long *sum);
int bench_stabilise(struct mm_struct *mm, unsigned long addr,
		    unsigned int times, unsigned long *sum);
int bench_pmd_entry(struct mm_struct *mm, unsigned long addr,
		    unsigned int times, unsigned long *sum);
int bench_lock_pte_table(struct mm_struct *mm, unsigned long addr,
			 unsigned int times, unsigned long *sum);

/* As FAULT_PAGES in uapi.rs. */
#define BENCH_FAULT_PAGES 1000

int bench_mmap(struct vm_area_struct *vma);
int bench_fault(struct mm_struct *mm, unsigned long addr, unsigned int times,
		unsigned long *sum);

#endif /* _MMGUARD_BENCH_TWIN_H */
