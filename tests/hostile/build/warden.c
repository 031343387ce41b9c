// SPDX-License-Identifier: GPL-2.0-only
/* Turns on process 1 of the box: it still has capabilities, and the limits are its work.
 */
#include "attack.h"
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>

int main(void)
{
	static const char *const reads[] = {
		"mem",	       "environ", "maps",      "auxv", "stack",
		"syscall",     "pagemap", "smaps",     "io",   "fd/3",
		"map_files/0", "timers",  "numa_maps", "root", "cwd"};
	static const char *const writes[] = {
		"mem",		 "oom_score_adj", "uid_map",
		"gid_map",	 "setgroups",	  "comm",
		"clear_refs",	 "attr/current",  "coredump_filter",
		"timerslack_ns", "autogroup"};
	char path[64], buf[16];
	struct iovec own = {buf, 4}, other = {(void *)0x400000, 4};
	struct rlimit limit = {1000, 1000}; /* harmless: the build goes on */
	struct sched_param param = {0};
	cpu_set_t set;
	int fd;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	for (size_t i = 0; i < sizeof(reads) / sizeof(*reads); i++) {
		snprintf(path, sizeof(path), "/proc/1/%s", reads[i]);
		fd = open(path, O_RDONLY);
		way(fd >= 0 && (read(fd, buf, 1) > 0 || fchdir(fd) == 0) && i < 9,
		    "reading %s", path);
		way(readlink(path, buf, sizeof(buf)) > 0, "the link %s", path);
	}
	for (size_t i = 0; i < sizeof(writes) / sizeof(*writes); i++) {
		snprintf(path, sizeof(path), "/proc/1/%s", writes[i]);
		way(opens(path, O_WRONLY), "writing %s", path);
	}
	fd = (int)syscall(434, 1, 0);
	way(syscall(438, fd, 3, 0) >= 0, "pidfd_getfd");
	way(syscall(440, fd, &other, 1, 20, 0) >= 0, "process_madvise");
	way(ptrace(PTRACE_ATTACH, 1, 0, 0) == 0, "ptrace");
	way(ptrace(PTRACE_SEIZE, 1, 0, 0) == 0, "ptrace by seizing");
	way(process_vm_readv(1, &own, 1, &other, 1, 0) > 0, "process_vm_readv");
	way(prlimit(1, RLIMIT_NOFILE, &limit, NULL) == 0, "prlimit");
	limit.rlim_cur = limit.rlim_max = 100000;
	way(prlimit(1, RLIMIT_CPU, &limit, NULL) == 0, "prlimit of its time");
	way(sched_setaffinity(1, sizeof(set), &set) == 0, "sched_setaffinity");
	way(sched_setscheduler(1, SCHED_IDLE, &param) == 0, "SCHED_IDLE");
	way(syscall(SYS_sched_setparam, 1, &param) == 0, "sched_setparam");
	way(setpriority(PRIO_PROCESS, 1, 19) == 0, "setpriority");
	way(setpriority(PRIO_PGRP, 0, 1) == 0 && getpriority(PRIO_PROCESS, 1) == 1,
	    "setpriority of a group");
	way(setpriority(PRIO_USER, 0, 1) == 0 && getpriority(PRIO_PROCESS, 1) == 1,
	    "setpriority of the user");
	way(syscall(SYS_ioprio_set, 1, 1, 3 << 13) == 0, "ioprio_set");
	way(syscall(SYS_kcmp, 1, getpid(), 0, 0, 0) >= 0, "kcmp");
	return attack_done();
}
