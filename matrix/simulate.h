/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scheduler without guests: the same policies and the same account, driven in virtual
 * time by simulated guests. Hours with thousands of guests take a second; the same seed
 * gives the same run.
 */
#ifndef MATRIX_SIMULATE_H
#define MATRIX_SIMULATE_H

#include "scheduler.h"

/* What a simulated guest does, again and again. */
struct sim_kind {
	const char *name;
	uint64_t compute_ns; /* 0 and no talk_ns: for ever */
	uint64_t talk_ns;    /* leaving every SIM_EXIT_NS */
	uint64_t sleep_ns;
};

enum { SIM_EXIT_NS = 40000 };

/** sim_kinds - all kinds, named after the real guests that do the same; zero entry at the
 *  end. */
extern const struct sim_kind sim_kinds[];
const struct sim_kind *sim_kind_find(const char *name);

struct sim_guest {
	const struct sim_kind *kind;
	struct sched_entity sched;
	uint64_t compute_left, talk_left;
};

struct sim {
	struct sched sched;
	struct sim_guest *guests;
	size_t n;
	uint64_t now, turns, late_ns; /* late_ns: kicks are late by up to this */
	uint64_t random;
};

struct sim_config {
	const struct sched_policy *policy;
	uint64_t slice_ns, window_ns, duration_ns, late_ns, seed;
};

/** sim_run - run @guests (kind, weight and cap set; figures are filled in) for the given
 *  time. sim_deinit() frees what it made, not the guests. */
void sim_init(struct sim *sim, const struct sim_config *config, struct sim_guest *guests,
	      size_t n);
void sim_run(struct sim *sim, uint64_t duration_ns);
void sim_deinit(struct sim *sim);

#endif
