/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of /dev/probes have in common. Include ktap.h first. */
#ifndef TESTS_DEVICE_H
#define TESTS_DEVICE_H

#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ktest.h"
#include "uapi/probes.h"

#define DEVICE "/dev/probes"
#define TARGET "probes_target"

/* True when this implementation has no device: there is nothing to test, and it is said.
 */
static inline bool skip_without_device(void)
{
	if (!access(DEVICE, F_OK))
		return false;
	printf("KTAP version 1\n1..0 # SKIP there is no " DEVICE
	       ", which is not asked for\n");
	return true;
}

static inline int open_device(void)
{
	return open(DEVICE, O_RDWR | O_CLOEXEC);
}

/* Its number, or -errno. */
static inline int attach(int fd, const char *symbol, unsigned int flags)
{
	struct probes_attach arg = {.flags = flags};
	int id;

	snprintf(arg.symbol, sizeof(arg.symbol), "%s", symbol);
	id = ioctl(fd, PROBES_ATTACH, &arg);
	return id < 0 ? -errno : id;
}

static inline int detach(int fd, int id)
{
	return ioctl(fd, PROBES_DETACH, id) ? -errno : 0;
}

/* All zero when there is no such probe. */
static inline struct probes_hits hits_on(int fd, int id, unsigned int cpu)
{
	struct probes_hits arg = {.id = (unsigned int)id, .cpu = cpu};

	if (ioctl(fd, PROBES_HITS, &arg))
		memset(&arg, 0, sizeof(arg));
	return arg;
}

static inline struct probes_hits hits(int fd, int id)
{
	return hits_on(fd, id, PROBES_ALL_CPUS);
}

/* How many probes the kernel has at a function, of those with @flag in their line. */
static inline int listed(const char *symbol, const char *flag)
{
	char line[512], name[160];
	FILE *file;
	int n = 0;

	snprintf(name, sizeof(name), " %s+0x", symbol);
	file = fopen("/sys/kernel/debug/kprobes/list", "re");
	if (!file && !mount("none", "/sys/kernel/debug", "debugfs", 0, NULL))
		file = fopen("/sys/kernel/debug/kprobes/list", "re");
	while (file && fgets(line, sizeof(line), file))
		n += strstr(line, name) && strstr(line, flag);
	if (file)
		fclose(file);
	return n;
}

#endif /* TESTS_DEVICE_H */
