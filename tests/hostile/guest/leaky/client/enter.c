// SPDX-License-Identifier: GPL-2.0-only
/*
 * Enters the agent's own view of the mounts, and covers that.
 *
 * expect:
 *	outcome=guest-lost
 *	says=changed what the agent sees
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	int agent = (int)syscall(434 /* pidfd_open */, 1, 0);
	int named = open("/proc/1/ns/mnt", O_RDONLY);

	if (setns(named, CLONE_NEWNS) < 0 && setns(agent, CLONE_NEWNS) < 0)
		perror("setns");
	if (mount("none", "/sys", "tmpfs", 0, NULL) < 0)
		perror("mount");
	return 0;
}
