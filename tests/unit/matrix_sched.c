// SPDX-License-Identifier: GPL-2.0-only
/* The policies against the ideal, in virtual time: many random clouds, and the corners.
 */
#include <math.h>

#include "simulate.h"
#include "text.h"

#include "tap.h"

#define MS 1000000ull
#define S  1000000000ull

static uint64_t seed = 42;

static uint64_t draw(uint64_t below)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (seed >> 33) % below;
}

static struct sim_guest guest(const char *kind, uint32_t weight)
{
	return (struct sim_guest){.kind = sim_kind_find(kind), .sched.weight = weight};
}

static void run(struct sim *sim, const char *policy, struct sim_guest *guests, size_t n,
		uint64_t slice, uint64_t duration)
{
	struct sim_config config = {.policy = sched_policy_find(policy),
				    .slice_ns = slice,
				    .window_ns = 100 * MS,
				    .late_ns = slice / 20,
				    .seed = 7};

	sim_init(sim, &config, guests, n);
	sim_run(sim, duration);
}

static double off(const struct sched_entity *e)
{
	return fabs((double)e->cpu_ns - e->ideal_ns);
}

static double percent(const struct sim *sim, const struct sim_guest *g)
{
	return 100.0 * (double)g->sched.cpu_ns /
	       (double)(sim->sched.busy_ns + sim->sched.idle_ns);
}

/* The sums must fit whatever the policy does. */
static bool account_is_sound(const struct sim *sim)
{
	double ideal = 0, cpu = 0, busy = (double)sim->sched.busy_ns;

	for (size_t i = 0; i < sim->n; i++) {
		ideal += sim->guests[i].sched.ideal_ns;
		cpu += (double)sim->guests[i].sched.cpu_ns;
	}
	return cpu == busy && fabs(ideal - busy) <= 1e-6 * busy + 10 &&
	       (double)(sim->sched.busy_ns + sim->sched.idle_ns) == (double)sim->now;
}

/* Random clouds: how many slices is the worst guest off after 20 s? */
static double worst_of_many(const char *policy, unsigned int clouds, bool *sound)
{
	static const char *const kinds[] = {"spinner", "chatty", "sleeper", "mixed"};
	double worst = 0;

	*sound = true;
	for (unsigned int c = 0; c < clouds; c++) {
		size_t n = 2 + draw(63);
		uint64_t slice = (1 + draw(20)) * MS / 2;
		struct sim_guest *guests = xcalloc(n, sizeof(*guests));
		struct sim sim;

		for (size_t i = 0; i < n; i++)
			guests[i] = guest(kinds[draw(4)], 1 + (uint32_t)draw(100));
		run(&sim, policy, guests, n, slice, 20 * S);
		*sound &= account_is_sound(&sim);
		for (size_t i = 0; i < n; i++) {
			double slices = off(&guests[i].sched) / ((double)slice * 1.05);

			worst = slices > worst ? slices : worst;
		}
		sim_deinit(&sim);
		free(guests);
	}
	return worst;
}

static void test_random_clouds(void)
{
	double stride, eevdf;
	bool sound, all_sound = true;

	stride = worst_of_many("stride", 100, &sound);
	all_sound &= sound;
	eevdf = worst_of_many("eevdf", 100, &sound);
	all_sound &= sound;
	printf("# worst: stride %.2f slices, eevdf %.2f\n", stride, eevdf);
	ok(eevdf <= 2.0, "eevdf: nobody is ever two slices off its due");
	ok(stride <= 2.0, "stride: neither, not even among 64 with sleepers");
	worst_of_many("lottery", 10, &sound);
	all_sound &= sound;
	worst_of_many("strict-io", 10, &sound);
	all_sound &= sound;
	worst_of_many("ticks", 10, &sound);
	ok(all_sound && sound,
	   "what all got is what was used, and what all were due, too");
}

static void test_document(void)
{
	struct sim_guest spin[] = {guest("neo", 70), guest("morpheus", 30)};
	struct sim_guest talk[] = {guest("chatty", 70), guest("spinner", 30)};
	struct sim sim;

	run(&sim, "stride", spin, 2, MS, 5 * S);
	ok(fabs(percent(&sim, &spin[0]) - 70) < 0.1, "stride: 70 is 70");
	sim_deinit(&sim);
	run(&sim, "stride", talk, 2, MS, 5 * S);
	ok(fabs(percent(&sim, &talk[0]) - 70) < 0.1, "with I/O, too");
	sim_deinit(&sim);

	spin[0] = guest("neo", 70);
	spin[1] = guest("morpheus", 30);
	run(&sim, "ticks", spin, 2, MS, 5 * S);
	ok(fabs(percent(&sim, &spin[0]) - 70) < 0.5,
	   "ticks: right as long as nobody talks");
	sim_deinit(&sim);
	talk[0] = guest("chatty", 70);
	talk[1] = guest("spinner", 30);
	run(&sim, "ticks", talk, 2, MS, 5 * S);
	ok(percent(&sim, &talk[0]) < 15, "and far from it when somebody does");
	sim_deinit(&sim);
	talk[0] = guest("chatty", 70);
	talk[1] = guest("spinner", 30);
	run(&sim, "strict-io", talk, 2, MS, 5 * S);
	ok(percent(&sim, &talk[0]) < 10, "strict-io: who talks gets next to nothing");
	sim_deinit(&sim);
}

static void test_lottery(void)
{
	struct sim_guest g[] = {guest("spinner", 70), guest("spinner", 29),
				guest("spinner", 1)};
	struct sim sim;
	double sigma = 100 * sqrt(0.7 * 0.3 / 60000);

	run(&sim, "lottery", g, 3, MS, 60 * S);
	ok(fabs(percent(&sim, &g[0]) - 70) < 5 * sigma, "lottery: right in the long run");
	ok(g[0].sched.worst_window > 5, "and only there");
	sim_deinit(&sim);
}

static void test_sleepers(const char *policy)
{
	struct sim_guest g[] = {guest("sleeper", 1000), guest("spinner", 70),
				guest("spinner", 30)};
	_cleanup_free_ char *exact =
		xprintf("%s: 70 to 30 of what the sleeper leaves", policy);
	_cleanup_free_ char *all = xprintf("%s: a sleeper gets all it wants", policy);
	struct sim sim;
	double a, b;

	run(&sim, policy, g, 3, MS, 20 * S);
	a = percent(&sim, &g[1]);
	b = percent(&sim, &g[2]);
	ok(fabs(a / (a + b) - 0.7) < 0.001, exact);
	/* 200 us in every 10.2 ms, if it never waits for more than the turn of another.
	 */
	ok(percent(&sim, &g[0]) > 100 * 0.2 / 12 && percent(&sim, &g[0]) < 2, all);
	sim_deinit(&sim);
}

/* It sleeps for 10 s and then wants everything: only from now on, and only its share. */
static void test_no_banking(const char *policy)
{
	struct sim_guest g[] = {guest("spinner", 50), guest("spinner", 50)};
	_cleanup_free_ char *name =
		xprintf("%s: ten seconds of sleep are worth nothing", policy);
	struct sim sim;
	uint64_t before[2];

	run(&sim, policy, g, 2, MS, 1 * S);
	sched_sleep(&sim.sched, &g[1].sched, sim.now + 10 * S);
	sim_run(&sim, 10 * S);
	before[0] = g[0].sched.cpu_ns;
	before[1] = g[1].sched.cpu_ns;
	sim_run(&sim, 1 * S);
	ok(llabs((long long)(g[0].sched.cpu_ns - before[0]) -
		 (long long)(g[1].sched.cpu_ns - before[1])) < (long long)(4 * MS),
	   name);
	sim_deinit(&sim);
}

static void test_weights_change(const char *policy)
{
	struct sim_guest g[] = {guest("spinner", 70), guest("spinner", 30)};
	_cleanup_free_ char *name =
		xprintf("%s: another weight holds from then on", policy);
	struct sim sim;
	uint64_t before;

	run(&sim, policy, g, 2, MS, 5 * S);
	sched_set_weight(&sim.sched, &g[0].sched, 10);
	before = g[0].sched.cpu_ns;
	sim_run(&sim, 4 * S);
	ok(fabs((double)(g[0].sched.cpu_ns - before) - 1e9) < 3e6, name);
	ok(off(&g[0].sched) < 3e6, "and the account agrees");
	sim_deinit(&sim);
}

static void test_come_and_go(const char *policy)
{
	struct sim_guest g[] = {guest("spinner", 1), guest("spinner", 1),
				guest("spinner", 2)};
	struct sim_guest late = guest("spinner", 4);
	_cleanup_free_ char *name =
		xprintf("%s: one goes, one comes, the rest share", policy);
	struct sim sim;
	uint64_t before;

	run(&sim, policy, g, 3, MS, 1 * S);
	sched_remove(&sim.sched, &g[2].sched);
	before = g[0].sched.cpu_ns;
	sim_run(&sim, 1 * S);
	ok(fabs((double)(g[0].sched.cpu_ns - before) - 5e8) < 3e6, name);
	late.sched.owner = &late;
	late.compute_left = UINT64_MAX;
	sched_add(&sim.sched, &late.sched, sim.now);
	sim_run(&sim, 3 * S);
	ok(fabs((double)late.sched.cpu_ns - 2e9) < 4e6,
	   "a newcomer gets its share from the first day");
	sched_remove(&sim.sched, &late.sched);
	sim_deinit(&sim);
}

static void test_cap(const char *policy)
{
	struct sim_guest g[] = {guest("spinner", 90), guest("spinner", 10)};
	_cleanup_free_ char *name =
		xprintf("%s: a cap holds although the weight says more", policy);
	struct sim sim;

	g[0].sched.cap_percent = 20;
	run(&sim, policy, g, 2, MS, 10 * S);
	ok(percent(&sim, &g[0]) < 20.2 && percent(&sim, &g[0]) > 19, name);
	ok(sim.sched.idle_ns == 0, "and the other one gets the rest");
	sim_deinit(&sim);
	g[0] = guest("spinner", 1);
	g[0].sched.cap_percent = 30;
	run(&sim, policy, g, 1, MS, 10 * S);
	ok(percent(&sim, &g[0]) < 30.2 && percent(&sim, &g[0]) > 29,
	   "it holds when nobody else is there");
	sim_deinit(&sim);
}

static void test_yield(const char *policy)
{
	struct sim_guest g[] = {guest("spinner", 100), guest("spinner", 1)};
	_cleanup_free_ char *name =
		xprintf("%s: after a yield it is the other's turn", policy);
	struct sim_config config = {.policy = sched_policy_find(policy), .slice_ns = MS};
	bool good = true;
	struct sim sim;

	sim_init(&sim, &config, g, 2);
	for (int i = 0; i < 1000; i++) {
		struct sched_entity *e = sched_pick(&sim.sched, sim.now);
		struct sched_entity *next;

		sim.now += MS;
		sched_charge(&sim.sched, e, MS, sim.now);
		sched_yield_to_others(&sim.sched, e);
		next = sched_pick(&sim.sched, sim.now);
		good &= next != e;
		sched_charge(&sim.sched, next, MS, sim.now);
	}
	ok(good, name);
	sched_sleep(&sim.sched, &g[1].sched, SCHED_NEVER);
	sched_yield_to_others(&sim.sched, &g[0].sched);
	ok(sched_pick(&sim.sched, sim.now) == &g[0].sched,
	   "or its own, when there is no other");
	sim_deinit(&sim);
}

static void test_same_seed(void)
{
	struct sim_guest a[] = {guest("mixed", 3), guest("chatty", 2),
				guest("spinner", 1)};
	struct sim_guest b[] = {guest("mixed", 3), guest("chatty", 2),
				guest("spinner", 1)};
	struct sim first, second;

	run(&first, "lottery", a, 3, MS, 3 * S);
	run(&second, "lottery", b, 3, MS, 3 * S);
	ok(a[0].sched.cpu_ns == b[0].sched.cpu_ns && a[1].sched.turns == b[1].sched.turns,
	   "the same seed gives the same run");
	sim_deinit(&first);
	sim_deinit(&second);
}

/* One heavy guest among 63 light ones: it must not wait for all of them in a row. */
static void test_heavy_among_light(const char *policy)
{
	_cleanup_free_ char *name =
		xprintf("%s: one heavy guest among many light ones", policy);
	struct sim_guest g[64];
	struct sim sim;

	g[0] = guest("spinner", 63);
	for (size_t i = 1; i < 64; i++)
		g[i] = guest("spinner", 1);
	run(&sim, policy, g, 64, MS, 20 * S);
	printf("# %s: %.2f points in the worst window\n", policy,
	       g[0].sched.worst_window);
	ok(g[0].sched.worst_window < 3, name);
	sim_deinit(&sim);
}

static void test_heap(void)
{
	static struct heap_node nodes[1000];
	struct heap h = {0};
	double last = -1;
	bool good = true;

	for (int i = 0; i < 1000; i++)
		heap_add(&h, &nodes[i], (double)draw(500));
	for (int i = 0; i < 1000; i += 3)
		heap_move(&h, &nodes[i], (double)draw(500));
	for (int i = 0; i < 1000; i += 7)
		heap_remove(&h, &nodes[i]);
	while (h.n) {
		struct heap_node *node = heap_top(&h);

		good &= node->key >= last;
		last = node->key;
		heap_remove(&h, node);
		good &= !node->at;
	}
	ok(good, "a heap gives its nodes in order");
	heap_deinit(&h);
}

int main(void)
{
	static const char *const exact[] = {"stride", "eevdf"};

	test_heap();
	test_document();
	test_lottery();
	for (size_t i = 0; i < 2; i++) {
		test_sleepers(exact[i]);
		test_no_banking(exact[i]);
		test_weights_change(exact[i]);
		test_come_and_go(exact[i]);
		test_cap(exact[i]);
		test_heavy_among_light(exact[i]);
	}
	for (const struct sched_policy *const *p = sched_policies; *p; p++)
		test_yield((*p)->name);
	test_same_seed();
	test_random_clouds();
	return tap_done();
}
