// SPDX-License-Identifier: GPL-2.0-only
/* Signals, traces and changes a process of the host's by its id there. */
#include "attack.h"
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>

int main(void)
{
	pid_t pid = VICTIM_PID;
	char buf[16];
	struct iovec own = {buf, sizeof(buf)}, other = {(void *)VICTIM_ADDR, 4};
	struct rlimit limit = {100, 100};
	cpu_set_t set;
	int fd = (int)syscall(434, pid, 0);

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	way(kill(pid, 0) == 0, "kill 0");
	way(kill(pid, SIGUSR1) == 0, "kill");
	way(kill(-pid, SIGUSR1) == 0, "kill of the group");
	way(syscall(SYS_tgkill, pid, pid, SIGUSR1) == 0, "tgkill");
	way(fd >= 0, "pidfd_open");
	way(syscall(424, fd, SIGUSR1, NULL, 0) == 0, "pidfd_send_signal");
	way(syscall(438, fd, 0, 0) >= 0, "pidfd_getfd");
	way(ptrace(PTRACE_SEIZE, pid, 0, 0) == 0, "ptrace");
	way(process_vm_readv(pid, &own, 1, &other, 1, 0) > 0, "process_vm_readv");
	way(process_vm_writev(pid, &own, 1, &other, 1, 0) > 0, "process_vm_writev");
	way(setpriority(PRIO_PROCESS, (id_t)pid, 19) == 0, "setpriority");
	way(setpriority(PRIO_USER, getuid(), 5) == 0 &&
		    getpriority(PRIO_PROCESS, (id_t)pid) == 5,
	    "setpriority of the user");
	way(sched_setaffinity(pid, sizeof(set), &set) == 0, "sched_setaffinity");
	way(prlimit(pid, RLIMIT_NOFILE, &limit, NULL) == 0, "prlimit");
	way(getpgid(pid) >= 0, "getpgid");
	way(syscall(SYS_kcmp, pid, getpid(), 0, 0, 0) >= 0, "kcmp");
	way(syscall(SYS_move_pages, pid, 0, NULL, NULL, NULL, 0) == 0, "move_pages");
	return attack_done();
}
