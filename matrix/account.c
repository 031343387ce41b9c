// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each guest should have got. The ideal serves all that have work at once, each at
 * weight / sum of weights. Its clock (`fluid`) runs in cpu time per unit of weight, so a
 * guest's due is weight times how far the clock went while it took part.
 *
 * A real scheduler serves one at a time, so a guest that wakes up and does its bit of
 * work at once has finished before the ideal would have: it stays in the ideal until that
 * has given it the same. If it goes to sleep while the ideal is ahead, then it did not
 * want what it was due, and the rest gets it.
 */
#include <stdlib.h>

#include "scheduler.h"
#include "text.h"

static void settle(struct sched *s, struct sched_entity *e)
{
	if (e->in_fluid)
		e->ideal_ns += e->weight * (s->fluid - e->fluid_from);
	e->fluid_from = s->fluid;
}

void sched_settle(struct sched *s)
{
	for (size_t i = 0; i < s->n; i++)
		settle(s, s->all[i]);
}

void account_ready(struct sched *s, struct sched_entity *e)
{
	settle(s, e);
	if (e->fluid.at)
		heap_remove(&s->leaving, &e->fluid);
	if (!e->in_fluid)
		s->fluid_weight += e->weight;
	e->in_fluid = true;
}

static void leave(struct sched *s, struct sched_entity *e)
{
	settle(s, e);
	if (e->fluid.at)
		heap_remove(&s->leaving, &e->fluid);
	if (e->in_fluid)
		s->fluid_weight -= e->weight;
	e->in_fluid = false;
}

/* Give @ns to those in the ideal. On the way some of those that sleep get even. */
static void pour(struct sched *s, double ns)
{
	struct heap_node *next;

	while ((next = heap_top(&s->leaving))) {
		double needs = (next->key - s->fluid) * s->fluid_weight;

		if (needs > ns)
			break;
		ns -= needs > 0 ? needs : 0;
		s->fluid = next->key > s->fluid ? next->key : s->fluid;
		leave(s, heap_entry(next, struct sched_entity, fluid));
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
	heap_deinit(&s->leaving);
}

void account_add(struct sched *s, struct sched_entity *e)
{
	e->mark = xcalloc(SCHED_WINDOW_PARTS, sizeof(*e->mark));
	e->fluid_from = s->fluid;
}

void account_remove(struct sched *s, struct sched_entity *e)
{
	leave(s, e);
	free(e->mark);
	e->mark = NULL;
}

void account_blocked(struct sched *s, struct sched_entity *e)
{
	double owed;

	settle(s, e);
	owed = (double)e->cpu_ns - e->ideal_ns;
	if (owed > 0) {
		heap_add(&s->leaving, &e->fluid, s->fluid + owed / e->weight);
		return;
	}
	leave(s, e);
	e->ideal_ns += owed;
	pour(s, -owed);
}

void account_weight(struct sched *s, struct sched_entity *e, uint32_t weight)
{
	settle(s, e);
	if (e->in_fluid)
		s->fluid_weight += (double)weight - e->weight;
	if (e->fluid.at) {
		double owed = (e->fluid.key - s->fluid) * e->weight;

		heap_move(&s->leaving, &e->fluid, s->fluid + owed / weight);
	}
}

/* A part of a window is full: the window that ends here is compared with its begin,
 * SCHED_WINDOW_PARTS boundaries ago. So windows overlap, each a part later. */
static void close_part(struct sched *s)
{
	double total = (double)(s->busy_ns + s->idle_ns);
	double length = total - s->part_total[s->part];

	for (size_t i = 0; i < s->n; i++) {
		struct sched_entity *e = s->all[i];
		double error, points;

		settle(s, e);
		error = (double)e->cpu_ns - e->ideal_ns;
		points = 100 * (error - e->mark[s->part]) / length;

		e->mark[s->part] = error;
		e->window = points;
		points = points < 0 ? -points : points;
		/* The very first windows are shorter. */
		if (length >= s->part_ns * (double)SCHED_WINDOW_PARTS * 0.99 &&
		    points > e->worst_window)
			e->worst_window = points;
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
	s->busy_ns += cpu_ns;
	pour(s, (double)cpu_ns);
	pass(s);
}

void sched_idle(struct sched *s, uint64_t ns)
{
	struct heap_node *next;

	/* Nobody wants anything: whoever the ideal still owes gets it now. */
	while ((next = heap_top(&s->leaving))) {
		struct sched_entity *e = heap_entry(next, struct sched_entity, fluid);

		leave(s, e);
		e->ideal_ns = (double)e->cpu_ns;
	}
	s->idle_ns += ns;
	pass(s);
}
