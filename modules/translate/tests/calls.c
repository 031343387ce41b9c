// SPDX-License-Identifier: GPL-2.0-only
/* Black box: what TRANSLATE_RANGE refuses, and who may call it. */
#define _GNU_SOURCE
#include <linux/capability.h>
#include <sys/syscall.h>

#include "translate.h"

static int call(struct translate_range range)
{
	return ioctl(device, TRANSLATE_RANGE, &range) ? errno : 0;
}

static void without(uint32_t capability)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];

	syscall(SYS_capget, &header, data);
	data[0].effective &= ~(1u << capability);
	data[0].permitted &= ~(1u << capability);
	syscall(SYS_capset, &header, data);
}

/* In a child without that capability: the error about itself, and about its parent. */
static void try_without(uint32_t capability, int *own, int *others)
{
	uint64_t word;
	pid_t pid = fork();
	int status;

	if (!pid) {
		without(capability);
		_exit((ask(0, &word, 1, &word) == EPERM) |
		      (ask(getppid(), &word, 1, &word) == EPERM) << 1);
	}
	waitpid(pid, &status, 0);
	*own = WEXITSTATUS(status) & 1;
	*others = WEXITSTATUS(status) >> 1 & 1;
}

static void permissions(void)
{
	int own, others, status;
	pid_t pid = fork();

	if (!pid) {
		(void)!setgid(65534);
		(void)!setuid(65534);
		_exit(open(DEVICE, O_RDONLY) >= 0);
	}
	waitpid(pid, &status, 0);
	ktap_ok(!status, "only root may open the device");
	try_without(CAP_SYS_ADMIN, &own, &others);
	ktap_why("an open file may have been handed to whoever has nothing");
	ktap_ok(own && others, "nor ask without CAP_SYS_ADMIN, whoever opened it");
	try_without(CAP_SYS_PTRACE, &own, &others);
	ktap_ok(!own && others, "nor about others without CAP_SYS_PTRACE");
}

static pid_t gone(bool zombie)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (zombie)
		waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED | WNOWAIT);
	else
		waitpid(pid, NULL, 0);
	return pid;
}

int main(void)
{
	uint64_t word[4] = {0};
	struct translate_range good = {0, 0, (uintptr_t)word, 1, (uintptr_t)word}, r;
	pid_t zombie = gone(true);

	device = open(DEVICE, O_RDONLY);
	ktap_plan(16);
	ktap_ok(!call(good) && word[0] & TRANSLATE_STATE, "a page is asked about");
	r = good;
	r.pages = 0;
	word[0] = 7;
	ktap_ok(!call(r) && word[0] == 7, "no page: no answer, and no error");
	r = good;
	r.reserved = 1;
	ktap_ok(call(r) == EINVAL, "what is reserved must be zero");
	r = good;
	r.start = ~0ull - 4095;
	ktap_ok(call(r) == EINVAL, "the end of the kernel's addresses: EINVAL");
	r.start = 0xffffffff81000000;
	ktap_ok(call(r) == EINVAL, "the kernel's own: EINVAL");
	r = good;
	r.pages = ~0ull;
	ktap_ok(call(r) == EINVAL, "more pages than there are: EINVAL");
	r.pages = (1ull << 52) - 1;
	r.start = 4096;
	ktap_ok(call(r) == EINVAL, "so many that they wrap around: EINVAL");
	r = good;
	r.words = 0;
	ktap_ok(call(r) == EFAULT, "nowhere to store the answer: EFAULT");
	r.words = 0xffffffff81000000;
	ktap_ok(call(r) == EFAULT, "the kernel's memory for the answer: EFAULT");
	ktap_ok(ioctl(device, TRANSLATE_RANGE, NULL) && errno == EFAULT,
		"no argument: EFAULT");
	ktap_ok(ask(gone(false), word, 1, word) == ESRCH, "nobody's pid: ESRCH");
	ktap_ok(ask(-1, word, 1, word) == ESRCH, "a negative pid: ESRCH");
	ktap_ok(ask(zombie, word, 1, word) == EINVAL && ask(2, word, 1, word) == EINVAL,
		"a zombie and a kernel thread have no memory: EINVAL");
	waitpid(zombie, NULL, 0);
	permissions();
	return ktap_end();
}
