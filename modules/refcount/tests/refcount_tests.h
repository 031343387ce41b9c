/* SPDX-License-Identifier: GPL-2.0-only */
/* What the C tests share: the two modules, and their reference counts. */
#ifndef REFCOUNT_TESTS_H
#define REFCOUNT_TESTS_H

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kmodule.h"
#include "ktap.h"
#include "ktest.h"

#define DEVICE "/dev/refcount"

/* Nothing here takes a tenth of a second: what takes longer than this never happens. */
#define FOR_EVER_MS 10000

static struct kmodule core, plugin;

/* The core is loaded first, the plug-in last. */
static inline void find_modules(void)
{
	kmodule_pair(&core, &plugin, "/lab/refcount.ko /lab/refcount_plugin.ko");
}

/* The reference count, -1 when the module is not loaded. */
static inline int count(const struct kmodule *m)
{
	const char *text = kmodule_text(m, "refcnt");

	return *text ? atoi(text) : -1;
}

/* An open file, attached to the plug-in; -1 with errno. */
static inline int attached(void)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0 || write(fd, plugin.name, strlen(plugin.name)) > 0)
		return fd;
	int err = errno;

	close(fd);
	errno = err;
	return -1;
}

#endif
