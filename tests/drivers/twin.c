// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twins in C. Each is a driver of the kernel, reduced to what it does with
 * the memory that it maps.
 */

#include <linux/miscdevice.h>

#include "twin.h"

static struct miscdevice *const twins[] = {
	&twin_ring_device,
	&twin_bar_device,
	&twin_buffer_device,
};

static void twin_unregister_some(size_t count)
{
	while (count--)
		misc_deregister(twins[count]);
}

int twin_register(void)
{
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(twins); i++) {
		err = misc_register(twins[i]);
		if (err) {
			twin_unregister_some(i);
			return err;
		}
	}
	return 0;
}

void twin_unregister(void)
{
	twin_unregister_some(ARRAY_SIZE(twins));
}
