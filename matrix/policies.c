// SPDX-License-Identifier: GPL-2.0-only
/*
 * The policies. Each is a few lines over the heaps of struct sched; none of them knows
 * anything about guests. A guest that was picked stays in the queue while it runs.
 */
#include <string.h>

#include "scheduler.h"

static struct sched_entity *top(struct heap *h)
{
	struct heap_node *node = heap_top(h);

	return node ? heap_entry(node, struct sched_entity, queue) : NULL;
}

static struct sched_entity *pick_first(struct sched *s)
{
	return top(&s->ready);
}

/* In virtual time. */
static double slice_of(const struct sched *s, const struct sched_entity *e)
{
	return (double)sched_slice_ns(s, e) / e->weight;
}

/* The average virtual time of the ready guests, by weight: at that time no guest would be
 * ahead or behind. With no guest ready it stays unchanged. */
static double average(const struct sched *s, double weight)
{
	return weight > 0.5 ? s->weighted_vtime / weight : s->vmin;
}

static void leave_queue(struct sched *s, struct sched_entity *e)
{
	heap_remove(&s->ready, &e->queue);
}

/* @e joins: a debt is kept, a claim is not. scheduler.c has added its weight. */
static void join_average(struct sched *s, struct sched_entity *e)
{
	double now = average(s, s->weight_ready - e->weight);

	if (e->vtime < now)
		e->vtime = now;
}

static void leave_average(struct sched *s, struct sched_entity *e)
{
	s->vmin = average(s, s->weight_ready);
	s->weighted_vtime -= e->weight * e->vtime;
	/* The last guest has left: begin anew, without the rounding errors of the sums.
	 */
	if (s->weight_ready - e->weight < 0.5)
		s->weighted_vtime = 0;
}

/* Its virtual time goes on, and with it the average. */
static void spend(struct sched *s, struct sched_entity *e, uint64_t cpu_ns)
{
	e->vtime += (double)cpu_ns / e->weight;
	s->weighted_vtime += (double)cpu_ns;
}

/*
 * stride (Waldspurger and Weihl, 1995): virtual time is cpu time over weight, and the
 * guest that is furthest behind runs. Actual times are charged, so what a guest got too
 * much because of a late kick is taken off its next turns.
 *
 * A newcomer begins somewhere in its stride. Sixty guests that all began at one point
 * would have their turns in one long row, and a heavy guest would have to wait for all of
 * them each time. Multiples of the golden ratio lie evenly, however many there are.
 */
static void begin_stride(struct sched *s, struct sched_entity *e)
{
	const struct sched_entity *first = top(&s->ready);
	double place = 0.6180339887 * ++s->turn;

	if (first)
		e->vtime = first->vtime;
	e->vtime += (place - (double)(uint64_t)place) * slice_of(s, e) / 2;
}

static void stride_join(struct sched *s, struct sched_entity *e)
{
	if (e->turns)
		join_average(s, e);
	else
		begin_stride(s, e);
	s->weighted_vtime += e->weight * e->vtime;
	heap_add(&s->ready, &e->queue, e->vtime);
}

static void stride_leave(struct sched *s, struct sched_entity *e)
{
	leave_average(s, e);
	leave_queue(s, e);
}

static void stride_charge(struct sched *s, struct sched_entity *e, uint64_t cpu_ns)
{
	spend(s, e, cpu_ns);
	heap_move(&s->ready, &e->queue, e->vtime);
}

/* @old: its weight until now. The cpu time by which it is ahead or behind stays the same.
 */
static void reweigh(struct sched *s, struct sched_entity *e, uint32_t old)
{
	double others = s->weighted_vtime - old * e->vtime;
	double weight = s->weight_ready - e->weight;
	double now = weight > 0.5 ? others / weight : e->vtime;

	e->vtime = now + (e->vtime - now) * old / e->weight;
	s->weighted_vtime = others + e->weight * e->vtime;
}

static void stride_reweigh(struct sched *s, struct sched_entity *e, uint32_t old)
{
	reweigh(s, e, old);
	heap_move(&s->ready, &e->queue, e->vtime);
}

/*
 * Two guests are never further from their due than one turn. With more guests, several
 * can be behind at once and each waits for the others: up to two turns. So their turns
 * are half as long, and no guest is off by more than a slice.
 */
static double stride_turn_ns(const struct sched *s, const struct sched_entity *e)
{
	double slice = (double)sched_slice_ns(s, e);

	return s->ready.n > 2 ? slice / 2 : slice;
}

static const struct sched_policy stride = {
	.name = "stride",
	.summary = "whoever is furthest behind in cpu time over weight",
	.join = stride_join,
	.leave = stride_leave,
	.pick = pick_first,
	.charge = stride_charge,
	.reweigh = stride_reweigh,
	.turn_ns = stride_turn_ns,
};

/*
 * eevdf (Stoica and Abdel-Wahab, 1995): of the guests that have not got more than their
 * due, the one whose next slice is due first runs. No guest is ever further than a slice
 * from its due; one with a short slice of its own waits less and gets the same.
 *
 * `early` holds those ahead of their due, by virtual time; `ready` the others, by
 * deadline.
 */
static void eevdf_queue(struct sched *s, struct sched_entity *e)
{
	e->deadline = e->vtime + slice_of(s, e);
	heap_add(&s->early, &e->queue, e->vtime);
}

static void eevdf_unqueue(struct sched *s, struct sched_entity *e)
{
	bool is_ready =
		e->queue.at <= s->ready.n && s->ready.v[e->queue.at - 1] == &e->queue;

	heap_remove(is_ready ? &s->ready : &s->early, &e->queue);
}

static void eevdf_join(struct sched *s, struct sched_entity *e)
{
	join_average(s, e);
	s->weighted_vtime += e->weight * e->vtime;
	eevdf_queue(s, e);
}

static void eevdf_leave(struct sched *s, struct sched_entity *e)
{
	leave_average(s, e);
	eevdf_unqueue(s, e);
}

static struct sched_entity *eevdf_pick(struct sched *s)
{
	struct sched_entity *e;
	/* The sums are rounded: some guest is always due, but rounding may hide it. */
	double now = average(s, s->weight_ready) * (1 + 1e-12);

	while ((e = top(&s->early)) && e->vtime <= now) {
		heap_remove(&s->early, &e->queue);
		heap_add(&s->ready, &e->queue, e->deadline);
	}
	e = top(&s->ready);
	return e ? e : top(&s->early);
}

static void eevdf_charge(struct sched *s, struct sched_entity *e, uint64_t cpu_ns)
{
	eevdf_unqueue(s, e);
	spend(s, e, cpu_ns);
	eevdf_queue(s, e);
}

static void eevdf_reweigh(struct sched *s, struct sched_entity *e, uint32_t old)
{
	eevdf_unqueue(s, e);
	reweigh(s, e, old);
	eevdf_queue(s, e);
}

/*
 * A turn ends when its guest is 0.3 slices ahead of its due, and a slice after it began
 * at the latest. With full slices guests swing from a slice behind to a slice ahead: a
 * point each way in 100 ms with slices of 1 ms. A turn has at least a quarter of a slice,
 * or the switches cost more than they gain. (Under stride this would make convoys: all
 * light guests would end up at one point.)
 */
static double eevdf_turn_ns(const struct sched *s, const struct sched_entity *e)
{
	double slice = (double)sched_slice_ns(s, e);
	double ahead = e->weight * (e->vtime - average(s, s->weight_ready));
	double others = 1 - e->weight / s->weight_ready;
	double turn = others > 0.001 ? (0.3 * slice - ahead) / others : slice;

	return turn < slice / 4 ? slice / 4 : turn > slice ? slice : turn;
}

static const struct sched_policy eevdf = {
	.name = "eevdf",
	.summary = "the earliest deadline of those not ahead of their due",
	.join = eevdf_join,
	.leave = eevdf_leave,
	.pick = eevdf_pick,
	.charge = eevdf_charge,
	.reweigh = eevdf_reweigh,
	.turn_ns = eevdf_turn_ns,
};

/*
 * lottery (Waldspurger and Weihl, 1994): each turn is drawn, weights are tickets. Exact
 * in the long run only: the error shrinks with the square root of the number of turns.
 */
static uint64_t draw(struct sched *s)
{
	uint64_t z = s->random += 0x9e3779b97f4a7c15; /* splitmix64 */

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* The queue is ordered by weight, the heaviest at the root: draw one guest, and keep it
 * with the probability of its weight divided by the heaviest weight. Else draw again. */
static void lottery_join(struct sched *s, struct sched_entity *e)
{
	heap_add(&s->ready, &e->queue, -(double)e->weight);
}

static void lottery_reweigh(struct sched *s, struct sched_entity *e, uint32_t old)
{
	heap_move(&s->ready, &e->queue, -(double)e->weight);
}

static struct sched_entity *lottery_pick(struct sched *s)
{
	struct sched_entity *heaviest = top(&s->ready), *e;

	if (!heaviest)
		return NULL;
	do {
		e = heap_entry(s->ready.v[draw(s) % s->ready.n], struct sched_entity,
			       queue);
	} while (draw(s) % heaviest->weight >= e->weight);
	return e;
}

static void charge_nothing(struct sched *s, struct sched_entity *e, uint64_t cpu_ns)
{
}

static const struct sched_policy lottery = {
	.name = "lottery",
	.summary = "each turn is drawn; weights are tickets",
	.join = lottery_join,
	.leave = leave_queue,
	.pick = lottery_pick,
	.charge = charge_nothing,
	.reweigh = lottery_reweigh,
};

/* Round robin, for the two schemes of the document: the queue is ordered by when each had
 * its last turn. */
static void to_the_end(struct sched *s, struct sched_entity *e)
{
	heap_move(&s->ready, &e->queue, ++s->turn);
}

static void robin_join(struct sched *s, struct sched_entity *e)
{
	heap_add(&s->ready, &e->queue, ++s->turn);
}

/* strict-io: switches to the next guest at each KVM_EXIT_IO. Weights mean nothing. A
 * guest without I/O is kicked after a slice, or the others would never run. */
static bool strict_io_turn_over(struct sched *s, struct sched_entity *e,
				enum sched_event why)
{
	if (why == SCHED_EXIT)
		return false;
	to_the_end(s, e);
	return true;
}

static const struct sched_policy strict_io = {
	.name = "strict-io",
	.summary = "the next one at every KVM_EXIT_IO, as the document has it",
	.every_exit = true,
	.join = robin_join,
	.leave = leave_queue,
	.pick = pick_first,
	.charge = charge_nothing,
	.turn_over = strict_io_turn_over,
};

/*
 * ticks: 70:30 is 7 returns of KVM_RUN, then 3. The exercise means ticks of a timer, but
 * every return of KVM_RUN is counted, so a guest that does I/O uses up its turns at once.
 */
static uint32_t gcd(uint32_t a, uint32_t b)
{
	while (b) {
		uint32_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static uint32_t common_divisor(const struct sched *s)
{
	uint32_t d = 0;

	for (size_t i = 0; i < s->n; i++)
		d = gcd(s->all[i]->weight, d);
	return d;
}

static bool ticks_turn_over(struct sched *s, struct sched_entity *e, enum sched_event why)
{
	if (!e->turns_left)
		e->turns_left = e->weight / common_divisor(s);
	if (--e->turns_left)
		return false;
	to_the_end(s, e);
	return true;
}

static const struct sched_policy ticks = {
	.name = "ticks",
	.summary = "70:30 is 7 returns of KVM_RUN, then 3",
	.every_exit = true,
	.join = robin_join,
	.leave = leave_queue,
	.pick = pick_first,
	.charge = charge_nothing,
	.turn_over = ticks_turn_over,
};

const struct sched_policy *const sched_policies[] = {&stride,	 &eevdf, &lottery,
						     &strict_io, &ticks, NULL};

const struct sched_policy *sched_policy_find(const char *name)
{
	for (const struct sched_policy *const *p = sched_policies; *p; p++)
		if (!strcmp((*p)->name, name))
			return *p;
	return NULL;
}
