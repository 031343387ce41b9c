// SPDX-License-Identifier: GPL-2.0-only
/* Makes or joins namespaces: a new user namespace would bring back all capabilities. */
#include "attack.h"
#include <sched.h>
#include <signal.h>

static const struct {
	const char *name;
	unsigned long flag;
} kinds[] = {{"user", CLONE_NEWUSER}, {"mnt", CLONE_NEWNS},	  {"pid", CLONE_NEWPID},
	     {"net", CLONE_NEWNET},   {"ipc", CLONE_NEWIPC},	  {"uts", CLONE_NEWUTS},
	     {"time", 0x80},	      {"cgroup", CLONE_NEWCGROUP}};

static bool cloned(long pid)
{
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, __WALL);
	return pid > 0;
}

int main(void)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const char *name = kinds[i].name;
		unsigned long long args[8] = {kinds[i].flag, 0, 0, 0, SIGCHLD};
		char path[64];
		int fd;

		if (kinds[i].flag != 0x80)
			way(cloned(syscall(SYS_clone, kinds[i].flag | SIGCHLD, 0, 0, 0,
					   0)),
			    "clone %s", name);
		way(cloned(syscall(435, args, 64)), "clone3 %s", name);
		way(cloned(syscall(435, args, 88)), "clone3 %s, a longer one", name);
		snprintf(path, sizeof(path), "/proc/1/ns/%s", name);
		fd = open(path, O_RDONLY);
		way(fd >= 0, "opening %s", path);
		way(setns(fd, 0) == 0, "setns to %s", path);
		snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
		fd = open(path, O_RDONLY);
		way(setns(fd, 0) == 0, "setns to %s", path);
		way(unshare((int)kinds[i].flag) == 0, "unshare %s", name);
	}
	way(setns((int)syscall(SYS_pidfd_open, 1, 0), CLONE_NEWNS) == 0,
	    "setns by pidfd");
	way(cloned(syscall(SYS_clone, 0xffffffff00000000UL | CLONE_NEWUSER | SIGCHLD, 0,
			   0, 0, 0)),
	    "clone with high bits");
	return attack_done();
}
