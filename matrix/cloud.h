/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several guests on one core and one thread, each with its share of the CPU.
 *
 * A guest is charged what the thread's own CPU clock (CLOCK_THREAD_CPUTIME_ID) has
 * counted from one switch to the next: for its instructions, for its exits and for what
 * the host does to serve them. Time that the host took away from the thread is charged to
 * no guest.
 *
 * Thread rule: created, changed, run and destroyed by one thread. The callbacks are
 * called by that thread, between two turns.
 */
#ifndef MATRIX_CLOUD_H
#define MATRIX_CLOUD_H

#include <signal.h>

#include "kick.h"
#include "scheduler.h"
#include "timeline.h"
#include "vm.h"

struct cloud;

struct cloud_config {
	const struct sched_policy *policy;
	enum kick_mode kick;
	uint64_t slice_ns;
	uint64_t window_ns;   /* length of a window for errors; 0: no windows */
	uint64_t duration_ns; /* 0: until all guests have ended */
	uint64_t max_exits;   /* of all guests together; 0: any number */
	uint64_t seed;
	bool timeline;
	const volatile sig_atomic_t *stop; /* non-zero: end soon. NULL: never */

	/** tend - called about every tend_ns; may add, stop and reweigh guests. Its cpu
	 *  time is charged to no guest. @fd, when not -1, ends an idle wait when it
	 *  becomes readable.
	 */
	void (*tend)(void *ctx, struct cloud *cloud);
	void *ctx;
	uint64_t tend_ns;
	int fd;
};

struct cloud_guest {
	struct vm *vm;
	struct sched_entity sched;
	unsigned int lane; /* in the timeline; its index among the guests */
	bool paused;
	bool gone; /* ended; vm->end says how */
};

struct cloud {
	struct cloud_config config;
	struct sched sched;
	struct kick kick;
	struct timeline timeline;
	struct cloud_guest **guests; /* also those that have ended */
	size_t n;
	uint64_t started, ended; /* CLOCK_MONOTONIC; 0: not yet */
	uint64_t own_ns;	 /* cpu time charged to no guest */
	uint64_t kicks;
	uint64_t worst_overrun_ns; /* how long after its deadline a kick worked */
};

/** cloud_create - Return: 0 or -errno. cloud_destroy() destroys its VMs, too; NULL is
 *  fine. */
int cloud_create(const struct cloud_config *config, struct cloud **ret);
void cloud_destroy(struct cloud *cloud);

/** cloud_run_mask - what vm_config.run_mask must be for guests of this cloud. */
const sigset_t *cloud_run_mask(const struct cloud *cloud);

/** cloud_add - add a guest; its @vm belongs to the cloud from now on. @cap_percent: 0 for
 *  no cap. */
struct cloud_guest *cloud_add(struct cloud *cloud, struct vm *vm, uint32_t weight,
			      uint32_t cap_percent);

/** cloud_stop - end a guest; @why is the sentence that is reported for it. */
void cloud_stop(struct cloud *cloud, struct cloud_guest *guest, const char *why);
/** cloud_pause, cloud_resume - keep a guest from running, and let it run again. */
void cloud_pause(struct cloud *cloud, struct cloud_guest *guest);
void cloud_resume(struct cloud *cloud, struct cloud_guest *guest);
void cloud_set_weight(struct cloud *cloud, struct cloud_guest *guest, uint32_t weight);

/**
 * cloud_run - run until all guests have ended, the time is over, or the cloud is asked to
 * stop. Return: 0; -EINTR when it was asked. A guest that fails does not end the cloud.
 */
int cloud_run(struct cloud *cloud);

#endif
