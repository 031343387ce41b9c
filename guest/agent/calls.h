/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system calls that tasks of the command make while somebody looks: the same one
 * again and again, or none. A tracer (ptrace) that only counts. Nothing is given back:
 * who was looked at is killed afterwards.
 */
#ifndef KMLAB_GUEST_CALLS_H
#define KMLAB_GUEST_CALLS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define CALLS_KINDS  6 /* of one task: what comes after them is not counted */
#define CALLS_ENOUGH 8 /* so many of one kind show what a task does */

struct calls_kind {
	long number;
	long fd; /* that it is about, or -1 */
	uint32_t seen;
	int64_t least, most; /* of what it returned */
	uint64_t asked;	     /* the fewest bytes that it was to read or write */
};

struct calls_task {
	pid_t tid;
	bool stopped; /* it came out of the kernel at least once */
	bool inside;  /* of a call that it began meanwhile: @now */
	struct calls_kind now;
	struct calls_kind kinds[CALLS_KINDS];
	unsigned int n_kinds;
};

/** calls_watch - begin to count a task's calls. NULL: it cannot be traced, or there are
 * too many. The task lives as long as the agent. */
const struct calls_task *calls_watch(pid_t tid);

/** calls_stopped - what waitpid() says of a task that has not ended. */
void calls_stopped(pid_t tid, int status);

/** calls_enough - has every watched task shown what it does? */
bool calls_enough(void);

/** calls_begun - has one of them made a call, but not enough of one kind? */
bool calls_begun(void);

/** calls_name - "read", or "system call 999"; until the next call. */
const char *calls_name(long number);

/** calls_about - the descriptor among a call's arguments that it is about, or -1. */
long calls_about(long number, const uint64_t *args);

#endif
