// SPDX-License-Identifier: GPL-2.0-only
/* Calls that are about the machine as a whole, or a large piece of the kernel each. */
#include "attack.h"
#include <sys/klog.h>
#include <sys/quota.h>
#include <sys/resource.h>
#include <sys/swap.h>
#include <sys/time.h>
#include <time.h>
#include <sys/timex.h>

int main(void)
{
	struct timeval tv = {1, 0};
	struct timespec ts = {1, 0};
	struct timex tx = {0};
	unsigned int attr[32] = {1, 128, 0};
	unsigned int map[18] = {2, 4, 4, 1};
	char buf[64];

	way(syscall(SYS_bpf, 0, map, sizeof(map)) >= 0, "bpf");
	way(syscall(SYS_perf_event_open, attr, 0, -1, -1, 0) >= 0, "perf_event_open");
	way(syscall(SYS_userfaultfd, 0) >= 0 || syscall(SYS_userfaultfd, 1) >= 0,
	    "userfaultfd");
	way(syscall(SYS_finit_module, 0, "", 0) == 0, "finit_module");
	way(syscall(SYS_init_module, buf, 64, "") == 0, "init_module");
	way(syscall(SYS_delete_module, "attack", O_NONBLOCK) == 0 || errno != EPERM,
	    "delete_module");
	way(syscall(SYS_kexec_load, 0, 0, NULL, 0) == 0 || errno != EPERM, "kexec_load");
	way(syscall(SYS_reboot, 0, 0, 0, NULL) == 0 || errno != EPERM, "reboot");
	way(klogctl(10, NULL, 0) >= 0, "the size of the kernel log");
	way(klogctl(3, buf, sizeof(buf)) >= 0, "the kernel log");
	way(settimeofday(&tv, NULL) == 0 || errno != EPERM, "settimeofday");
	way(clock_settime(CLOCK_REALTIME, &ts) == 0, "clock_settime");
	way(adjtimex(&tx) >= 0, "adjtimex");
	way(sethostname("attack", 6) == 0, "sethostname");
	way(setdomainname("attack", 6) == 0, "setdomainname");
	way(swapon("/tmp/x", 0) == 0 || errno != EPERM, "swapon");
	way(swapoff("/tmp/x") == 0 || errno != EPERM, "swapoff");
	way(quotactl(QCMD(Q_SYNC, USRQUOTA), NULL, 0, NULL) == 0, "quotactl");
	way(acct(NULL) == 0, "acct");
	way(syscall(SYS_iopl, 3) == 0, "iopl");
	way(syscall(SYS_ioperm, 0x80, 1, 1) == 0, "ioperm");
	way(syscall(SYS_fanotify_init, 0x200, 0) >= 0, "fanotify");
	way(syscall(SYS_lookup_dcookie, 0UL, buf, 64) >= 0, "lookup_dcookie");
	return attack_done();
}
