/* SPDX-License-Identifier: GPL-2.0-only */
/* Loading and unloading the module under test, from C. */
#ifndef TESTS_MODULE_H
#define TESTS_MODULE_H

#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int load(const char *params)
{
	int fd = open(getenv("KMLAB_KO"), O_RDONLY | O_CLOEXEC);
	int err = fd < 0 ? -1 : (int)syscall(SYS_finit_module, fd, params, 0);

	close(fd);
	return err;
}

static inline int unload(void)
{
	return (int)syscall(SYS_delete_module, getenv("KMLAB_MODULE"), O_NONBLOCK);
}

#endif /* TESTS_MODULE_H */
