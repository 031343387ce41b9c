// SPDX-License-Identifier: GPL-2.0-only
/* Time that a guest could use; see patience.h. */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "fs.h"
#include "lab.h"
#include "text.h"

#include "patience.h"

#define LOOK_MS	   100
#define LONGEST_MS 1000
#define LEAST_PART 50

/* This clock counts the time of a suspended machine, too: CLOCK_MONOTONIC stands still
 * then, while the guest's clock may go on. */
static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* ms that a thread has stood in the run queue; -1 when the kernel does not tell. */
static double queued_ms(pid_t pid, const char *tid)
{
	_cleanup_free_ char *path = xprintf("/proc/%d/task/%s/schedstat", (int)pid, tid);
	_cleanup_free_ char *text = NULL;
	unsigned long long queued;

	if (fs_read_file(path, &text, NULL) || sscanf(text, "%*u %llu", &queued) != 1)
		return -1;
	return (double)queued / 1e6;
}

/*
 * How long a thread has waited since the last look; for a new thread, since it began. The
 * kernel adds a wait to its figure only when the wait is over. A wait that is longer than
 * @step belongs in part to earlier steps; that part is made good in the steps to come.
 */
static double since(struct patience *p, pid_t tid, double queued, double step)
{
	double waited;
	size_t i = 0;

	while (i < p->n_threads && p->threads[i].tid != tid)
		i++;
	if (i == PATIENCE_MAX_THREADS)
		return 0;
	if (i == p->n_threads) {
		p->threads[p->n_threads++].tid = tid;
		p->threads[i].queued = 0;
	}
	waited = queued - p->threads[i].queued;
	if (waited > step)
		waited = step;
	p->threads[i].queued += waited;
	return waited;
}

/* The thread that waited longest: the others may all have waited for it. */
static double longest_queue(struct patience *p, double step)
{
	_cleanup_free_ char *dir = xprintf("/proc/%d/task", (int)p->pid);
	_cleanup_strv_ struct strv tids = STRV_INIT;
	double longest = 0;

	if (p->pid <= 0 || fs_list(dir, false, &tids))
		return 0;
	for (size_t i = 0; i < tids.n; i++) {
		double queued = queued_ms(p->pid, tids.v[i]), waited;
		long long tid;

		if (queued < 0 || str_number(tids.v[i], 1, INT32_MAX, &tid))
			continue;
		waited = since(p, (pid_t)tid, queued, step);
		if (waited > longest)
			longest = waited;
	}
	return longest;
}

void patience_init(struct patience *p, pid_t pid)
{
	*p = (struct patience){.pid = pid, .looked = now_ms()};
	longest_queue(p, HUGE_VAL);
}

double patience_step(struct patience *p)
{
	double now = now_ms(), passed = now - p->looked;
	double step = passed > LONGEST_MS ? LONGEST_MS : passed, usable;

	if (passed < LOOK_MS)
		return 0;
	p->looked = now;
	usable = passed - longest_queue(p, passed);
	if (usable > step)
		usable = step;
	if (usable < step / LEAST_PART)
		usable = step / LEAST_PART;
	p->stopped += passed - step;
	p->starved += passed - usable;
	return usable;
}
