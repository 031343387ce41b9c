// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "guard.h"
#include "small.h"

#define HELPERS "/proc/sys/kernel/usermodehelper/bset"

static struct rlimit limits[RLIM_NLIMITS];

/* Programs that the kernel starts by itself (core_pattern, modprobe) are root as well,
 * and the command can say which. */
static void guard_helpers(void)
{
	unsigned long low, high;
	char text[64];

	if (read_text(HELPERS, text, sizeof(text)) <= 0 ||
	    sscanf(text, "%lu %lu", &low, &high) != 2)
		return;
	snprintf(text, sizeof(text), "%lu %lu", low & ~(1UL << CAP_SYS_PTRACE), high);
	write_text(HELPERS, text);
}

/* Else one mount on /sys would hide from us that a module is still there. */
static void guard_mounts(struct agent *a)
{
	a->mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		dprintf(2, "kmlab-agent: no mounts of its own\n");
}

/* The text of a file that only grows longer or shorter by mounting something. */
static uint64_t mounts_now(const struct agent *a)
{
	uint64_t hash = 14695981039346656037ULL; /* FNV-1a */
	char buf[4096];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(a->mountinfo, buf, sizeof(buf), at)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			hash = (hash ^ (uint8_t)buf[i]) * 1099511628211ULL;
		at += n;
	}
	return hash;
}

void guard_remember(struct agent *a)
{
	a->mountinfo = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	a->mounts_known = mounts_now(a);
}

bool guard_mounts_changed(const struct agent *a)
{
	return mounts_now(a) != a->mounts_known;
}

/* Without BPF the command loses the right to trace what has more rights than it: us. */
static void guard_by_rights(void)
{
	prctl(PR_SET_DUMPABLE, 0);
	guard_helpers();
}

void guard_begin(struct agent *a)
{
	a->by_rights = guard_trace() < 0;
	if (a->by_rights)
		guard_by_rights();
	/* Some kernels (6.11) let a running program be written to. */
	unlink("/init");
	guard_mounts(a);
	for (int i = 0; i < RLIM_NLIMITS; i++)
		getrlimit(i, &limits[i]);
}

void guard_child(const struct agent *a)
{
	if (a->mounts >= 0)
		setns(a->mounts, CLONE_NEWNS);
	/* A process may trace those of equal rights without it. We have more. */
	if (a->by_rights)
		prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE, 0, 0, 0);
}

void guard_restore(void)
{
	for (int i = 0; i < RLIM_NLIMITS; i++)
		setrlimit(i, &limits[i]);
}
