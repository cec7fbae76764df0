/* SPDX-License-Identifier: GPL-2.0-only */
/* What of samples/mmpool/uapi.rs is used here. */

#include <stdint.h>
#include <sys/ioctl.h>

struct setup {
	uint32_t kind;
	uint32_t flags;
	uint64_t pages;
};
#define SETUP _IOW('P', 1, struct setup)
#define KINDS 5
