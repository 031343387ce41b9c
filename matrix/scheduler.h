/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which guest runs next, and how much each one got. Knows nothing of KVM: the cloud uses
 * it for real guests, the simulator for simulated ones in virtual time.
 *
 * All times are ns. `now` is a clock that never goes back; cpu time is what a guest used.
 * A policy decides the order; the account below is the same for all, and does not trust
 * the policy: it compares what each guest got with what an ideal scheduler would have
 * given it, one that could serve all of them at the same moment in proportion to their
 * weights (generalized processor sharing: Parekh and Gallager, 1993).
 *
 * Thread rule: one thread.
 */
#ifndef MATRIX_SCHEDULER_H
#define MATRIX_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>

#include "heap.h"

enum { SCHED_WEIGHT_MAX = 1000000, SCHED_WINDOW_PARTS = 10 };

/* A time that never comes, and that a double holds exactly. */
#define SCHED_NEVER (1ull << 62)

struct sched;

enum sched_state { SCHED_OUT, SCHED_READY, SCHED_ASLEEP };

struct sched_entity {
	/* To be set before sched_add(); weight later by sched_set_weight() only. */
	void *owner;
	uint32_t weight;      /* 1 to SCHED_WEIGHT_MAX */
	uint32_t cap_percent; /* of the CPU, 1 to 99; 0: no limit */
	uint64_t slice_ns;    /* its own slice, for policies that use it; 0: the common */

	/* To be read. */
	enum sched_state state;
	uint64_t cpu_ns; /* the cpu time that it got */
	uint64_t turns;
	uint64_t worst_wait_ns; /* ready while another guest ran */
	bool throttled;		/* asleep because of its cap */

	/* To be read after sched_settle(), or once removed. */
	double ideal_ns;     /* the cpu time that it should have got */
	double worst_window; /* largest |got - ideal| in a window, points of the CPU */
	double window;	     /* the same in the last window, with its sign */

	/* The scheduler's. */
	struct heap_node queue; /* the policy's, or the sleepers' */
	double vtime, deadline;
	uint32_t turns_left;
	uint64_t ready_since;
	uint64_t cap_used, cap_period;
	struct heap_node fluid; /* still owed to the ideal after it went to sleep */
	size_t index;
};

/* What ended a stay in the guest. */
enum sched_event { SCHED_KICK, SCHED_IO, SCHED_EXIT };

struct sched_policy {
	const char *name;
	const char *summary;
	bool every_exit; /* turn_over() wants to see each exit, not only kicks */
	void (*join)(struct sched *s, struct sched_entity *e);
	void (*leave)(struct sched *s, struct sched_entity *e);
	struct sched_entity *(*pick)(struct sched *s);
	void (*charge)(struct sched *s, struct sched_entity *e, uint64_t cpu_ns);
	/** reweigh - @e, which is ready, has got another weight than @old. May be NULL.
	 */
	void (*reweigh)(struct sched *s, struct sched_entity *e, uint32_t old);
	/** turn_ns - how long its turn may be, at most the slice. NULL: a whole slice. */
	double (*turn_ns)(const struct sched *s, const struct sched_entity *e);
	/** turn_over - is it another guest's turn after this? NULL: only after kicks.
	 */
	bool (*turn_over)(struct sched *s, struct sched_entity *e, enum sched_event why);
};

/** sched_policies - all policies, the default first; NULL-terminated. */
extern const struct sched_policy *const sched_policies[];
const struct sched_policy *sched_policy_find(const char *name);

/* What the account keeps for each guest, at its index; see account.c. */
enum {
	ACCOUNT_BASE,
	ACCOUNT_WEIGHT, /* in the ideal; 0: not in it */
	ACCOUNT_WINDOW,
	ACCOUNT_WORST,
	ACCOUNT_MARK, /* how far ahead it was at the last SCHED_WINDOW_PARTS boundaries */
	ACCOUNT_COLUMNS = ACCOUNT_MARK + SCHED_WINDOW_PARTS
};

struct sched {
	const struct sched_policy *policy;
	uint64_t slice_ns;
	struct sched_entity **all;
	size_t n, cap;
	uint64_t busy_ns, idle_ns; /* cpu time charged; time with no guest ready */

	struct heap ready, early; /* the policy's */
	struct heap asleep;	  /* sleepers by the time to wake up */
	double vmin, turn;	  /* the policy's clocks */
	double weight_ready, weighted_vtime;
	uint64_t random;
	struct sched_entity *current;
	struct sched_entity *yielded; /* not to be picked next; NULL: all can be */

	double fluid, fluid_weight; /* the ideal's clock, ns per weight; who is in it */
	struct heap leaving;
	double *account[ACCOUNT_COLUMNS];
	size_t account_rows;
	uint64_t part_ns, part_end;
	double part_total[SCHED_WINDOW_PARTS];
	unsigned int part;
};

/** sched_init - @window_ns: the length of a window for which errors are computed. @seed:
 *  for policies with random choices; the same seed gives the same order. */
void sched_init(struct sched *s, const struct sched_policy *policy, uint64_t slice_ns,
		uint64_t window_ns, uint64_t seed);
void sched_deinit(struct sched *s);

/** sched_add - add @e, ready from @now on. The caller owns it; it must live until it is
 *  removed. sched_remove() keeps its figures. */
void sched_add(struct sched *s, struct sched_entity *e, uint64_t now);
void sched_remove(struct sched *s, struct sched_entity *e);

/** sched_sleep - make it not ready before @until; sched_advance() wakes it. A guest saves
 *  no time by sleeping: it comes back with the debt that it had, but without a claim. */
void sched_sleep(struct sched *s, struct sched_entity *e, uint64_t until);

/** sched_advance - wake up the sleepers that are due. Return: when the next one is due,
 *  UINT64_MAX when there is none.
 */
uint64_t sched_advance(struct sched *s, uint64_t now);

/** sched_pick - the guest that runs now, or NULL when none is ready. */
struct sched_entity *sched_pick(struct sched *s, uint64_t now);

/** sched_yield_to_others - give the next turn to another guest if one is ready; a claim
 *  that @e had is gone. */
void sched_yield_to_others(struct sched *s, struct sched_entity *e);

/** sched_slice_ns - its own slice, or the common one. */
static inline uint64_t sched_slice_ns(const struct sched *s, const struct sched_entity *e)
{
	return e->slice_ns ? e->slice_ns : s->slice_ns;
}

/** sched_turn_ns - how long @e, which was picked, may run before it is kicked. */
uint64_t sched_turn_ns(const struct sched *s, const struct sched_entity *e);

/** sched_charge - @e, which was picked, has used @cpu_ns and leaves the CPU at @now; one
 *  over its cap is put to sleep. sched_idle() - no guest was ready for @ns. */
void sched_charge(struct sched *s, struct sched_entity *e, uint64_t cpu_ns, uint64_t now);
void sched_idle(struct sched *s, uint64_t ns);

void sched_set_weight(struct sched *s, struct sched_entity *e, uint32_t weight);

static inline bool sched_turn_over(struct sched *s, struct sched_entity *e,
				   enum sched_event why)
{
	return s->policy->turn_over ? s->policy->turn_over(s, e, why) : why == SCHED_KICK;
}

/** sched_settle - bring the figures of all guests up to date, for reading. */
void sched_settle(struct sched *s);

/* account.c, called by scheduler.c; sched_idle() and sched_settle() are there, too. */
void account_init(struct sched *s, uint64_t window_ns);
void account_deinit(struct sched *s);
void account_add(struct sched *s, struct sched_entity *e);
void account_remove(struct sched *s, struct sched_entity *e);
void account_ready(struct sched *s, struct sched_entity *e);
void account_blocked(struct sched *s, struct sched_entity *e);
void account_charge(struct sched *s, struct sched_entity *e, uint64_t cpu_ns);
void account_weight(struct sched *s, struct sched_entity *e, uint32_t weight);

#endif
