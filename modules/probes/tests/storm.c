// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/probes under everything at once: hits on all CPUs, probes that come and go at the
 * function that is hit, and at others, from several processes and several threads of
 * one. For implementations that have it.
 *
 * A probe stays at each function that is hit, so that the others come and go without the
 * code being patched. Patching code that runs at this moment is the kernel's part, and
 * emulators without page locks (QEMU before 8.1) get it wrong now and then: the tracer
 * of the kernel itself then ends in a call of address 0.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>

#include "ktap.h"

#include "device.h"

#define FUNCTION "__x64_sys_getsid"
#define COLD	 "__x64_sys_swapoff" /* nobody calls that */
#define SECONDS	 2

static atomic_bool stop;
static atomic_ulong calls, target_calls, rounds;
static atomic_int bad_attach, bad_hits, bad_detach;

static void *hit(void *arg)
{
	int cpu = *(const int *)arg, fd = open_device();
	unsigned long n = 0, m = 0;

	run_on_cpu(cpu);
	while (!atomic_load(&stop)) {
		for (int i = 0; i < 200; i++)
			syscall(SYS_getsid, 0);
		n += 200;
		if (!ioctl(fd, PROBES_CALL, 100))
			m += 100;
	}
	atomic_fetch_add(&calls, n);
	atomic_fetch_add(&target_calls, m);
	close(fd);
	return NULL;
}

/* Two threads with the same number share one open file, and so its table of probes. */
struct visitor {
	int fd;
	const char *symbol;
	unsigned int flags;
};

static void visit(const struct visitor *visitor)
{
	int id = attach(visitor->fd, visitor->symbol, visitor->flags);
	unsigned long long before = 0;

	if (id < 0) {
		atomic_fetch_add(&bad_attach, 1);
		return;
	}
	for (int i = 0; i < 50; i++) {
		struct probes_hits now = hits(visitor->fd, id);

		if (now.pre < before)
			atomic_fetch_add(&bad_hits, 1);
		before = now.pre;
	}
	if (detach(visitor->fd, id))
		atomic_fetch_add(&bad_detach, 1);
	atomic_fetch_add(&rounds, 1);
}

static void *visit_again(void *arg)
{
	while (!atomic_load(&stop))
		visit(arg);
	return NULL;
}

/* Processes that are killed in the middle of it, probes and all. */
static void *visit_and_die(void *arg)
{
	while (!atomic_load(&stop)) {
		pid_t child = fork();

		if (!child) {
			struct visitor own = *(const struct visitor *)arg;

			own.fd = open_device();
			for (;;)
				visit(&own);
		}
		usleep(50000);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	return NULL;
}

static void storm(int shared)
{
	static struct visitor visitors[] = {
		{-1, FUNCTION, PROBES_POST},
		{-1, FUNCTION, 0},
		{-1, TARGET, PROBES_POST},
		{-1, TARGET, 0},
		{-1, COLD, 0},
	};
	enum { VISITORS = sizeof(visitors) / sizeof(*visitors) };
	static int cpus[] = {0, 1};
	pthread_t threads[2 + VISITORS + 1];
	int n = 0;

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[n++], NULL, hit, &cpus[i]);
	for (int i = 0; i < VISITORS; i++) {
		visitors[i].fd = shared;
		pthread_create(&threads[n++], NULL, visit_again, &visitors[i]);
	}
	pthread_create(&threads[n++], NULL, visit_and_die, &visitors[0]);
	sleep(SECONDS);
	atomic_store(&stop, true);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
}

int main(void)
{
	int fd, shared, id, target;
	struct probes_hits got;

	if (skip_without_device())
		return 0;
	ktap_plan(9);
	fd = open_device();
	shared = open_device();
	id = attach(fd, FUNCTION, PROBES_POST);
	target = attach(fd, TARGET, PROBES_POST);
	storm(shared);
	ktap_diag("%lu and %lu calls, %lu probes came and went", calls, target_calls,
		  rounds);

	ktap_why("ENOSPC or EBUSY: a probe that was detached is still there, or its "
		 "number.");
	ktap_ok(!bad_attach, "every probe could be attached");
	ktap_ok(!bad_hits, "no counter went back");
	ktap_ok(!bad_detach, "every probe could be detached");
	ktap_ok(rounds > 0, "some came and went");
	got = hits(fd, id);
	ktap_why("Each probe has its own counters; those that come and go change "
		 "nothing.");
	ktap_ok(got.pre == calls && got.post == calls,
		"the probe that stayed has counted every system call");
	got = hits(fd, target);
	ktap_ok(got.pre == target_calls && got.post == target_calls,
		"and the other one every call of " TARGET);
	ktap_ok(listed(FUNCTION, "") == 1 && listed(TARGET, "") == 1 && !listed(COLD, ""),
		"those two are the only ones left");
	ktap_why("A probe that stays behind belongs to a process that was killed.");
	close(fd);
	close(shared);
	ktap_ok(!listed(FUNCTION, "") && !listed(TARGET, ""),
		"closing the files removes them");
	ktap_ok(getsid(0) >= 0, "the functions go on without them");
	return ktap_end();
}
