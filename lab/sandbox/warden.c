// SPDX-License-Identifier: GPL-2.0-only
/*
 * Process 1 of a sandbox. It reaps, adds up ten times a second what all processes have
 * taken, and ends, with everything in the namespace, when that is too much. A short
 * command never sees it look.
 */
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "census.h"
#include "disk.h"
#include "internal.h"
#include "process.h"

#define ROUND_MS    100
#define LONGEST_MS  10000 /* that one round counts for */
#define IDLE_ROUNDS (60 * 1000 / ROUND_MS)

struct watch {
	struct boxed_run *job;
	struct disk_watch disk;
	uint64_t ms;
	uint64_t cpu, idle; /* rounds since the last that brought more CPU time */
	uint64_t shared;    /* before the command: bytes of the machine's shared memory */
	struct timespec before;
};

/* Is it time to look? Children that end by the thousand do not put it off, and a time in
 * which the whole machine stood still counts little. */
static bool next_round(struct watch *w)
{
	struct timespec now;
	int64_t ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (now.tv_sec - w->before.tv_sec) * 1000 +
	     (now.tv_nsec - w->before.tv_nsec) / 1000000;
	if (ms < ROUND_MS)
		return false;
	w->before = now;
	w->ms += ms < LONGEST_MS ? (uint64_t)ms : LONGEST_MS;
	return true;
}

static bool is_idle(struct watch *w, const struct census *c)
{
	if (c->busy || c->cpu != w->cpu)
		w->idle = 0;
	else
		w->idle++;
	w->cpu = c->cpu;
	return w->idle > IDLE_ROUNDS;
}

static enum sandbox_limit check(struct watch *w)
{
	const struct lab_limits *most = &w->job->limits;
	struct census c = {0};

	if (w->ms > (uint64_t)most->time_s * 1000)
		return LIMIT_TIME;
	census_take(&c, most->processes);
	if (c.processes > most->processes)
		return LIMIT_PROCESSES;
	if (too_much_memory(&c, most->memory, w->shared))
		return LIMIT_MEMORY;
	if (is_idle(w, &c))
		return LIMIT_IDLE;
	return disk_check(&w->disk, most->disk);
}

/* All that have ended; ends itself when the command is among them. */
static void reap(pid_t command)
{
	pid_t pid;
	int raw;

	while ((pid = waitpid(-1, &raw, WNOHANG)) > 0)
		if (pid == command)
			_exit(process_status(raw));
}

void sandbox_warden(struct boxed_run *job, pid_t (*start)(struct boxed_run *job))
{
	struct timespec round = {.tv_nsec = ROUND_MS * 1000000L};
	struct watch w = {.job = job, .shared = shared_memory()};
	enum sandbox_limit limit;
	sigset_t child;
	pid_t pid;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	disk_begin(&w.disk, job->upper_fd);
	pid = start(job);
	if (pid < 0)
		_exit(127);
	/* The command alone shall hold the pipes of its output. */
	syscall(SYS_close_range, 0, 2, 0);
	clock_gettime(CLOCK_MONOTONIC, &w.before);
	for (;;) {
		reap(pid);
		sigtimedwait(&child, NULL, &round);
		limit = !job->unboxed && next_round(&w) ? check(&w) : LIMIT_NONE;
		if (limit != LIMIT_NONE) {
			job->trouble->limit = limit;
			_exit(128 + SIGKILL);
		}
	}
}
