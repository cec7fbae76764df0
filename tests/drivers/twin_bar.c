// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page frames of a device that are taken back when it is disabled: a BAR of
 * drivers/vfio/pci/vfio_pci_core.c, of Linux 7.3. The device's memory is a page
 * block of the kernel's.
 *
 * Copyright (C) 2012 Red Hat, Inc.  All rights reserved.
 *     Author: Alex Williamson <alex.williamson@redhat.com>
 */

#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/rwsem.h>
#include <linux/slab.h>

#include "twin.h"

struct bar {
	struct rw_semaphore memory_lock;
	bool enabled;
	void *memory;
};

static vm_fault_t bar_fault(struct vm_fault *vmf)
{
	struct bar *bar = vmf->vma->vm_private_data;
	vm_fault_t ret = VM_FAULT_SIGBUS;

	down_read(&bar->memory_lock);
	if (bar->enabled)
		ret = vmf_insert_pfn(vmf->vma, vmf->address,
				     page_to_pfn(virt_to_page(bar->memory)) + vmf->pgoff);
	up_read(&bar->memory_lock);
	return ret;
}

static const struct vm_operations_struct bar_vm_ops = {
	.fault = bar_fault,
};

static int bar_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (vma->vm_pgoff >= TWIN_PAGES ||
	    vma_pages(vma) > TWIN_PAGES - vma->vm_pgoff)
		return -EINVAL;
	vma->vm_private_data = file->private_data;
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &bar_vm_ops;
	return 0;
}

static long bar_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct bar *bar = file->private_data;

	if (cmd != TWIN_ENABLE)
		return -ENOTTY;
	down_write(&bar->memory_lock);
	bar->enabled = arg;
	if (!bar->enabled)
		unmap_mapping_range(file->f_mapping, 0, 0, true);
	up_write(&bar->memory_lock);
	return 0;
}

static int bar_open(struct inode *inode, struct file *file)
{
	struct bar *bar = kzalloc(sizeof(*bar), GFP_KERNEL);

	if (!bar)
		return -ENOMEM;
	bar->memory = alloc_pages_exact(TWIN_PAGES * PAGE_SIZE,
					GFP_KERNEL | __GFP_ZERO);
	if (!bar->memory) {
		kfree(bar);
		return -ENOMEM;
	}
	init_rwsem(&bar->memory_lock);
	bar->enabled = true;
	file->private_data = bar;
	return 0;
}

static int bar_release(struct inode *inode, struct file *file)
{
	struct bar *bar = file->private_data;

	free_pages_exact(bar->memory, TWIN_PAGES * PAGE_SIZE);
	kfree(bar);
	return 0;
}

static const struct file_operations bar_fops = {
	.owner = THIS_MODULE,
	.open = bar_open,
	.release = bar_release,
	.unlocked_ioctl = bar_ioctl,
	.mmap = bar_mmap,
};

struct miscdevice twin_bar_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmguard-bar-c",
	.fops = &bar_fops,
};
