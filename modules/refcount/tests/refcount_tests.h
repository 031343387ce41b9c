/* SPDX-License-Identifier: GPL-2.0-only */
/* What the C tests share: the two modules by path and name, loading, unloading, counts.
 */
#ifndef REFCOUNT_TESTS_H
#define REFCOUNT_TESTS_H

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ktap.h"
#include "ktest.h"

#define DEVICE "/dev/refcount"

/* Nothing here takes a tenth of a second. Who waits as long as this waits for ever. */
#define FOR_EVER_MS 10000

struct module {
	char path[128];
	char name[64];
};

static struct module core, plugin;

/* "/lab/refcount.ko" is called "refcount"; the kernel knows no '-' in names. */
static inline void set_module(struct module *m, const char *path, size_t len)
{
	const char *base = memrchr(path, '/', len);
	char *dot;

	snprintf(m->path, sizeof(m->path), "%.*s", (int)len, path);
	len -= base ? (size_t)(base + 1 - path) : 0;
	snprintf(m->name, sizeof(m->name), "%.*s", (int)len, base ? base + 1 : path);
	dot = strchr(m->name, '.');
	if (dot)
		*dot = '\0';
	for (char *c = m->name; *c; c++)
		if (*c == '-')
			*c = '_';
}

/* KMLAB_KOS has all modules in load order: the core first, the plug-in last. */
static inline void find_modules(void)
{
	const char *all = getenv("KMLAB_KOS"), *last;

	if (!all || !strchr(all, ' '))
		all = "/lab/refcount.ko /lab/refcount_plugin.ko";
	last = strrchr(all, ' ') + 1;
	set_module(&core, all, strcspn(all, " "));
	set_module(&plugin, last, strlen(last));
}

/* 0, or the errno of finit_module(2). */
static inline int load(const struct module *m, const char *params)
{
	int fd = open(m->path, O_RDONLY | O_CLOEXEC);
	int err = syscall(SYS_finit_module, fd, params, 0) ? errno : 0;

	close(fd);
	return err;
}

/* 0, or the errno of delete_module(2). */
static inline int unload(const struct module *m, int flags)
{
	return syscall(SYS_delete_module, m->name, flags) ? errno : 0;
}

/* What /sys/module/NAME/@file says, in a static buffer; "" when it is not there. */
static inline const char *module_file(const struct module *m, const char *file)
{
	static char text[128];
	char path[256];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/sys/module/%s/%s", m->name, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text;
}

/* The reference count, -1 when the module is not loaded. */
static inline int count(const struct module *m)
{
	const char *text = module_file(m, "refcnt");

	return *text ? atoi(text) : -1;
}

/* Whether the module has a parameter of this name. */
static inline bool has_param(const struct module *m, const char *param)
{
	char path[256];

	snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s", m->name, param);
	return access(path, F_OK) == 0;
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

static inline void pause_us(int us)
{
	struct timespec ts = {0, us * 1000};

	nanosleep(&ts, NULL);
}

#endif
