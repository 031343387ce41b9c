// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each guest should have got. The ideal scheduler serves all guests that have work
 * at once, each at weight / sum of weights. Its clock (`fluid`) runs in cpu time per unit
 * of weight, so a guest's due is its weight times how far the clock went while it took
 * part.
 *
 * A real scheduler serves one at a time, so a guest that wakes up and does its bit of
 * work at once has finished before the ideal would have: it stays in the ideal until that
 * has given it the same. If it goes to sleep while the ideal is ahead, then it did not
 * need all of its due, and the other guests get the rest.
 *
 * What is kept of each guest is how far it is ahead (got - ideal). The ideal's part of
 * that moves for all guests whenever one of them runs; so ahead = base - weight * fluid,
 * and only the base is written when something happens to this guest. Stored by columns: a
 * window ends for all guests at once, and with thousands of them that is most of the
 * simulator's work.
 */
#include <math.h>
#include <stdlib.h>

#include "scheduler.h"
#include "text.h"

static double ahead(const struct sched *s, const struct sched_entity *e)
{
	return s->account[ACCOUNT_BASE][e->index] -
	       s->account[ACCOUNT_WEIGHT][e->index] * s->fluid;
}

static void set(struct sched *s, const struct sched_entity *e, double is_ahead,
		double weight)
{
	s->fluid_weight += weight - s->account[ACCOUNT_WEIGHT][e->index];
	s->account[ACCOUNT_WEIGHT][e->index] = weight;
	s->account[ACCOUNT_BASE][e->index] = is_ahead + weight * s->fluid;
}

static void read_figures(const struct sched *s, struct sched_entity *e)
{
	e->ideal_ns = (double)e->cpu_ns - ahead(s, e);
	e->window = s->account[ACCOUNT_WINDOW][e->index];
	e->worst_window = s->account[ACCOUNT_WORST][e->index];
}

void sched_settle(struct sched *s)
{
	for (size_t i = 0; i < s->n; i++)
		read_figures(s, s->all[i]);
}

void account_ready(struct sched *s, struct sched_entity *e)
{
	if (e->fluid.at)
		heap_remove(&s->leaving, &e->fluid);
	set(s, e, ahead(s, e), e->weight);
}

static void leave(struct sched *s, struct sched_entity *e, double is_ahead)
{
	if (e->fluid.at)
		heap_remove(&s->leaving, &e->fluid);
	set(s, e, is_ahead, 0);
}

/* Give @ns to the guests in the ideal. Meanwhile some that sleep catch up and leave it.
 */
static void pour(struct sched *s, double ns)
{
	struct heap_node *next;

	while ((next = heap_top(&s->leaving))) {
		struct sched_entity *e = heap_entry(next, struct sched_entity, fluid);
		double needs = (next->key - s->fluid) * s->fluid_weight;

		if (needs > ns)
			break;
		ns -= needs > 0 ? needs : 0;
		s->fluid = next->key > s->fluid ? next->key : s->fluid;
		leave(s, e, ahead(s, e));
	}
	if (s->fluid_weight > 0.5)
		s->fluid += ns / s->fluid_weight;
}

void account_init(struct sched *s, uint64_t window_ns)
{
	s->part_ns = window_ns / SCHED_WINDOW_PARTS;
	s->part_end = s->part_ns;
}

void account_deinit(struct sched *s)
{
	for (unsigned int i = 0; i < ACCOUNT_COLUMNS; i++)
		free(s->account[i]);
	heap_deinit(&s->leaving);
}

void account_add(struct sched *s, struct sched_entity *e)
{
	for (unsigned int i = 0; i < ACCOUNT_COLUMNS; i++) {
		if (s->account_rows < s->cap)
			s->account[i] = xreallocarray(s->account[i], s->cap,
						      sizeof(*s->account[i]));
		s->account[i][e->index] = 0;
	}
	s->account_rows = s->cap;
}

void account_remove(struct sched *s, struct sched_entity *e)
{
	leave(s, e, ahead(s, e));
	read_figures(s, e);
	for (unsigned int i = 0; i < ACCOUNT_COLUMNS; i++)
		s->account[i][e->index] = s->account[i][s->n - 1];
}

void account_blocked(struct sched *s, struct sched_entity *e)
{
	double owed = ahead(s, e);

	if (owed > 0) {
		heap_add(&s->leaving, &e->fluid, s->fluid + owed / e->weight);
		return;
	}
	leave(s, e, 0);
	pour(s, -owed);
}

void account_weight(struct sched *s, struct sched_entity *e, uint32_t weight)
{
	if (e->fluid.at) {
		double owed = (e->fluid.key - s->fluid) * e->weight;

		heap_move(&s->leaving, &e->fluid, s->fluid + owed / weight);
	}
	if (s->account[ACCOUNT_WEIGHT][e->index] > 0)
		set(s, e, ahead(s, e), weight);
}

/* A part of a window is full: the window that ends here is compared with its begin,
 * SCHED_WINDOW_PARTS boundaries ago. So windows overlap, each a part later. */
static void close_part(struct sched *s)
{
	const double *restrict base = s->account[ACCOUNT_BASE];
	const double *restrict weight = s->account[ACCOUNT_WEIGHT];
	double *restrict mark = s->account[ACCOUNT_MARK + s->part];
	double *restrict window = s->account[ACCOUNT_WINDOW];
	double *restrict worst = s->account[ACCOUNT_WORST];
	double total = (double)(s->busy_ns + s->idle_ns);
	double length = total - s->part_total[s->part];
	/* The very first windows are shorter. */
	bool whole = length >= s->part_ns * (double)SCHED_WINDOW_PARTS * 0.99;
	double to_points = 100 / length, fluid = s->fluid;

	for (size_t i = 0; i < s->n; i++) {
		double now = base[i] - weight[i] * fluid;

		window[i] = (now - mark[i]) * to_points;
		mark[i] = now;
	}
	for (size_t i = 0; whole && i < s->n; i++) {
		double points = fabs(window[i]); /* no branch: its sign is random */

		worst[i] = points > worst[i] ? points : worst[i];
	}
	s->part_total[s->part] = total;
	s->part = (s->part + 1) % SCHED_WINDOW_PARTS;
	s->part_end = s->busy_ns + s->idle_ns + s->part_ns;
}

static void pass(struct sched *s)
{
	if (s->part_ns && s->busy_ns + s->idle_ns >= s->part_end)
		close_part(s);
}

void account_charge(struct sched *s, struct sched_entity *e, uint64_t cpu_ns)
{
	e->cpu_ns += cpu_ns;
	s->account[ACCOUNT_BASE][e->index] += (double)cpu_ns;
	s->busy_ns += cpu_ns;
	pour(s, (double)cpu_ns);
	pass(s);
}

void sched_idle(struct sched *s, uint64_t ns)
{
	struct heap_node *next;

	/* No guest has work: those to which the ideal still owes something get it now. */
	while ((next = heap_top(&s->leaving)))
		leave(s, heap_entry(next, struct sched_entity, fluid), 0);
	s->idle_ns += ns;
	pass(s);
}
