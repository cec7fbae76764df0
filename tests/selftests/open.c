// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a selftest of the kernel opens: /dev/mmpool has an object by then, of
 * the kind that MMPOOL_KIND names. The selftest is linked with --wrap=open.
 */

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mmpool.h"

/* As many as the selftest maps. */
#define PAGES 2

int __real_open(const char *path, int flags, ...);

int __wrap_open(const char *path, int flags, ...)
{
	const char *kind = getenv("MMPOOL_KIND");
	struct setup setup = { .pages = PAGES };
	mode_t mode = 0;
	va_list args;
	int fd;

	if (flags & O_CREAT) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	fd = __real_open(path, flags, mode);
	if (fd < 0 || !kind || strcmp(path, "/dev/mmpool"))
		return fd;
	setup.kind = atoi(kind);
	if (ioctl(fd, SETUP, &setup)) {
		close(fd);
		return -1;
	}
	return fd;
}
