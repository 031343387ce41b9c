// SPDX-License-Identifier: GPL-2.0-only
/* The scheduler in virtual time; see simulate.h. */
#include <string.h>

#include "simulate.h"

const struct sim_kind sim_kinds[] = {
	{"spinner", 0, 0, 0},
	{"neo", 0, 0, 0},
	{"morpheus", 0, 0, 0},
	{"chatty", 0, UINT64_MAX, 0},
	{"sleeper", 200000, 0, 10000000},
	{"mixed", 7000000, 5000000, 3000000},
	{0},
};

const struct sim_kind *sim_kind_find(const char *name)
{
	for (const struct sim_kind *k = sim_kinds; k->name; k++)
		if (!strcmp(k->name, name))
			return k;
	return NULL;
}

static uint64_t draw(struct sim *sim, uint64_t below)
{
	uint64_t x = sim->random; /* xorshift64 */

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	sim->random = x;
	return below ? x % below : 0;
}

static void begin_round(struct sim_guest *g)
{
	bool for_ever = !g->kind->compute_ns && !g->kind->talk_ns;

	g->compute_left = for_ever ? UINT64_MAX : g->kind->compute_ns;
	g->talk_left = g->kind->talk_ns;
}

void sim_init(struct sim *sim, const struct sim_config *config, struct sim_guest *guests,
	      size_t n)
{
	*sim = (struct sim){.guests = guests,
			    .n = n,
			    .late_ns = config->late_ns,
			    .random = config->seed | 1};
	sched_init(&sim->sched, config->policy, config->slice_ns, config->window_ns,
		   config->seed);
	for (size_t i = 0; i < n; i++) {
		guests[i].sched.owner = &guests[i];
		begin_round(&guests[i]);
		sched_add(&sim->sched, &guests[i].sched, 0);
	}
}

void sim_deinit(struct sim *sim)
{
	sched_deinit(&sim->sched);
}

/* How long a guest runs before something happens, and what happens. */
static uint64_t stay(const struct sim *sim, struct sim_guest *g, uint64_t left,
		     enum sched_event *why)
{
	uint64_t ns = g->compute_left ? g->compute_left : g->talk_left;

	*why = SCHED_EXIT;
	if (!g->compute_left && sim->sched.policy->every_exit && ns > SIM_EXIT_NS) {
		ns = SIM_EXIT_NS;
		*why = SCHED_IO;
	}
	if (left <= ns) {
		ns = left;
		*why = SCHED_KICK;
	}
	if (g->compute_left)
		g->compute_left -= g->compute_left == UINT64_MAX ? 0 : ns;
	else
		g->talk_left -= g->talk_left == UINT64_MAX ? 0 : ns;
	return ns;
}

/* Kicks are a little late, and sometimes the host does something else. */
static uint64_t lateness(struct sim *sim)
{
	uint64_t late = draw(sim, sim->late_ns / 16 + 1);

	return draw(sim, 1000) ? late : draw(sim, sim->late_ns + 1);
}

/* One turn. Return: the cpu time used. @sleeps: set when the guest sleeps after it. */
static uint64_t take_turn(struct sim *sim, struct sim_guest *g, bool *sleeps)
{
	uint64_t slice = sched_turn_ns(&sim->sched, &g->sched) + lateness(sim);
	uint64_t left = slice, used = 0;

	*sleeps = false;
	for (;;) {
		enum sched_event why;
		uint64_t ns = stay(sim, g, left, &why);

		used += ns;
		left -= ns;
		if (!g->compute_left && !g->talk_left) {
			begin_round(g);
			*sleeps = g->kind->sleep_ns;
			if (*sleeps)
				return used;
		}
		if ((why == SCHED_KICK || sim->sched.policy->every_exit) &&
		    sched_turn_over(&sim->sched, &g->sched, why))
			return used;
		if (why == SCHED_KICK)
			left = slice;
	}
}

void sim_run(struct sim *sim, uint64_t duration_ns)
{
	struct sched *s = &sim->sched;
	uint64_t end = sim->now + duration_ns;

	while (sim->now < end) {
		uint64_t wake = sched_advance(s, sim->now), used;
		struct sched_entity *e = sched_pick(s, sim->now);
		struct sim_guest *g;
		bool sleeps;

		if (!e) {
			wake = wake < end ? wake : end;
			sched_idle(s, wake - sim->now);
			sim->now = wake;
			continue;
		}
		g = e->owner;
		used = take_turn(sim, g, &sleeps);
		sim->now += used;
		sim->turns++;
		sched_charge(s, e, used, sim->now);
		if (sleeps && e->state == SCHED_READY)
			sched_sleep(s, e, sim->now + g->kind->sleep_ns);
	}
	sched_settle(s);
}
