// SPDX-License-Identifier: GPL-2.0-only
/* Ready, asleep, and the cap; see scheduler.h. */
#include <stdlib.h>

#include "scheduler.h"
#include "text.h"

/* A cap holds in each of these, from when the guest first runs in one. */
#define CAP_PERIOD_NS 100000000ull

void sched_init(struct sched *s, const struct sched_policy *policy, uint64_t slice_ns,
		uint64_t window_ns, uint64_t seed)
{
	*s = (struct sched){.policy = policy, .slice_ns = slice_ns, .random = seed};
	account_init(s, window_ns);
}

void sched_deinit(struct sched *s)
{
	while (s->n)
		sched_remove(s, s->all[s->n - 1]);
	free(s->all);
	heap_deinit(&s->ready);
	heap_deinit(&s->early);
	heap_deinit(&s->asleep);
	account_deinit(s);
}

static void make_ready(struct sched *s, struct sched_entity *e, uint64_t now)
{
	e->state = SCHED_READY;
	e->ready_since = now;
	e->throttled = false;
	s->weight_ready += e->weight;
	account_ready(s, e);
	s->policy->join(s, e);
}

/* Takes it off the queue that it is on. */
static void take_out(struct sched *s, struct sched_entity *e)
{
	if (e->state == SCHED_ASLEEP) {
		heap_remove(&s->asleep, &e->queue);
	} else if (e->state == SCHED_READY) {
		s->policy->leave(s, e);
		s->weight_ready -= e->weight;
	}
	e->state = SCHED_OUT;
	if (s->current == e)
		s->current = NULL;
	if (s->yielded == e)
		s->yielded = NULL;
}

void sched_add(struct sched *s, struct sched_entity *e, uint64_t now)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 8;
		s->all = xreallocarray(s->all, s->cap, sizeof(struct sched_entity *));
	}
	e->index = s->n;
	s->all[s->n++] = e;
	e->vtime = s->vmin;
	account_add(s, e);
	make_ready(s, e, now);
}

void sched_remove(struct sched *s, struct sched_entity *e)
{
	take_out(s, e);
	account_remove(s, e);
	s->all[e->index] = s->all[--s->n];
	s->all[e->index]->index = e->index;
}

void sched_sleep(struct sched *s, struct sched_entity *e, uint64_t until)
{
	bool was_ready = e->state == SCHED_READY;

	take_out(s, e);
	if (was_ready)
		account_blocked(s, e);
	e->state = SCHED_ASLEEP;
	heap_add(&s->asleep, &e->queue, (double)until);
}

uint64_t sched_advance(struct sched *s, uint64_t now)
{
	struct heap_node *next;

	while ((next = heap_top(&s->asleep)) && next->key <= (double)now) {
		struct sched_entity *e = heap_entry(next, struct sched_entity, queue);

		take_out(s, e);
		/* Its waiting time begins when it should have been woken up. */
		make_ready(s, e, (uint64_t)next->key);
	}
	return next ? (uint64_t)next->key : UINT64_MAX;
}

void sched_yield_to_others(struct sched *s, struct sched_entity *e)
{
	if (e->state == SCHED_READY)
		s->yielded = e;
}

/* Takes it off the queue while another one is picked, then puts it back as if it had just
 * come. */
static struct sched_entity *pick_another(struct sched *s, struct sched_entity *yielded)
{
	struct sched_entity *e;

	s->yielded = NULL;
	s->policy->leave(s, yielded);
	s->weight_ready -= yielded->weight;
	e = s->policy->pick(s);
	s->weight_ready += yielded->weight;
	s->policy->join(s, yielded);
	return e ? e : s->policy->pick(s);
}

struct sched_entity *sched_pick(struct sched *s, uint64_t now)
{
	struct sched_entity *e =
		s->yielded ? pick_another(s, s->yielded) : s->policy->pick(s);

	if (!e)
		return NULL;
	if (e != s->current)
		e->turns++;
	if (now > e->ready_since && now - e->ready_since > e->worst_wait_ns)
		e->worst_wait_ns = now - e->ready_since;
	s->current = e;
	return e;
}

uint64_t sched_turn_ns(const struct sched *s, const struct sched_entity *e)
{
	if (s->policy->turn_ns)
		return (uint64_t)s->policy->turn_ns(s, e);
	return sched_slice_ns(s, e);
}

/* What it used beyond its cap is taken off the cap of the next period. */
static void hold_cap(struct sched *s, struct sched_entity *e, uint64_t cpu_ns,
		     uint64_t now)
{
	uint64_t allowed = CAP_PERIOD_NS / 100 * e->cap_percent;

	e->cap_used += cpu_ns;
	while (now >= e->cap_period) {
		e->cap_used -= e->cap_used < allowed ? e->cap_used : allowed;
		e->cap_period += CAP_PERIOD_NS;
		if (!e->cap_used && now >= e->cap_period)
			e->cap_period = now + CAP_PERIOD_NS;
	}
	if (e->cap_used < allowed)
		return;
	sched_sleep(s, e, e->cap_period);
	e->throttled = true;
}

void sched_charge(struct sched *s, struct sched_entity *e, uint64_t cpu_ns, uint64_t now)
{
	account_charge(s, e, cpu_ns);
	s->policy->charge(s, e, cpu_ns);
	e->ready_since = now;
	if (e->cap_percent)
		hold_cap(s, e, cpu_ns, now);
}

void sched_set_weight(struct sched *s, struct sched_entity *e, uint32_t weight)
{
	uint32_t old = e->weight;

	account_weight(s, e, weight);
	e->weight = weight;
	if (e->state != SCHED_READY)
		return;
	s->weight_ready += (double)weight - old;
	if (s->policy->reweigh)
		s->policy->reweigh(s, e, old);
}
