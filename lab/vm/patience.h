/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long we have waited for a guest, in time that the guest could use.
 *
 * Two kinds of host time do not count: that in which this process itself did not run (a
 * machine that was stopped or suspended, or is overloaded), and that in which one of
 * QEMU's threads stood ready in the host's run queue (the second figure of
 * /proc/PID/task/TID/schedstat, Documentation/scheduler/sched-stats.rst). So a limit is
 * the same promise on a busy machine as on a quiet one. A guest that hangs in a loop
 * still meets its limit: what its CPUs spend counts, and a fiftieth of the rest.
 *
 * One thread at a time; nothing is allocated, nothing needs an end.
 */
#ifndef KMLAB_LAB_VM_PATIENCE_H
#define KMLAB_LAB_VM_PATIENCE_H

#include <stddef.h>
#include <sys/types.h>

#define PATIENCE_MAX_THREADS 64

struct patience {
	pid_t pid;
	double looked;	/* when, in ms of CLOCK_BOOTTIME */
	double stopped; /* ms in all in which we did not run, counted from 1 s a time */
	double starved; /* ms in all that the guest could not use, those among them */
	struct {
		pid_t tid;
		double queued; /* ms waited for a host CPU that are accounted for */
	} threads[PATIENCE_MAX_THREADS];
	size_t n_threads;
};

/** patience_init - begin now; @pid: the QEMU to look at, 0: none. */
void patience_init(struct patience *p, pid_t pid);

/**
 * patience_step - milliseconds since the last step that the guest could use. 0 until a
 * tenth of a second has passed, so that calling it for each frame costs nothing.
 * Call it at least once a second: of a longer pause a second is counted.
 */
double patience_step(struct patience *p);

#endif
