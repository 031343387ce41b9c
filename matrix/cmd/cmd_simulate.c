// SPDX-License-Identifier: GPL-2.0-only
/* matrix simulate: the policies in virtual time, with invented guests. */
#include <string.h>

#include "simulate.h"

#include "cmd.h"
#include "figures.h"

enum { LATE_NS = 50000, RANDOM_MAX = 100000, SHOWN = 32 };

struct cast {
	struct sim_guest *guests;
	const char **names;
	size_t n;
};

static int cast_named(struct cast *cast, const struct guest_specs *specs)
{
	for (size_t i = 0; i < specs->n; i++) {
		const struct guest_spec *spec = &specs->v[i];
		struct sim_guest *g = &cast->guests[cast->n++];

		g->kind = sim_kind_find(spec->source);
		if (!g->kind)
			return usage_error(
				"no guest '%s' can be simulated, only spinner, neo, "
				"morpheus, chatty, sleeper, mixed",
				spec->source);
		g->sched.weight = spec->weight;
		g->sched.cap_percent = spec->cap_percent;
		cast->names[i] = spec->name;
	}
	return 0;
}

static void cast_random(struct cast *cast, unsigned int n, unsigned int seed)
{
	static const char *const names[] = {"spinner", "chatty", "sleeper", "mixed"};

	srandom(seed);
	for (unsigned int i = 0; i < n; i++) {
		struct sim_guest *g = &cast->guests[cast->n];

		cast->names[cast->n] = names[random() % 4];
		g->kind = sim_kind_find(cast->names[cast->n++]);
		g->sched.weight = (uint32_t)(1 + random() % 100);
	}
}

static void totals(const struct sim *sim, double *error, double *window)
{
	double total = (double)(sim->sched.busy_ns + sim->sched.idle_ns);

	*error = *window = 0;
	for (size_t i = 0; i < sim->n; i++) {
		const struct sched_entity *e = &sim->guests[i].sched;
		double points = 100 * ((double)e->cpu_ns - e->ideal_ns) / total;

		points = points < 0 ? -points : points;
		*error = points > *error ? points : *error;
		*window = e->worst_window > *window ? e->worst_window : *window;
	}
}

static void print_text(const struct sim *sim, const struct cast *cast)
{
	_cleanup_text_ struct text out = TEXT_INIT;
	char time[16];
	double error_points, window;

	figures_head(&out);
	text_puts(&out, "\n");
	for (size_t i = 0; i < cast->n && i < SHOWN; i++) {
		figures_row(&sim->sched, &cast->guests[i].sched, cast->names[i], false,
			    &out);
		text_puts(&out, "\n");
	}
	if (cast->n > SHOWN)
		text_printf(&out, "... and %zu more\n", cast->n - SHOWN);
	totals(sim, &error_points, &window);
	text_printf(
		&out,
		"%zu guests for %s under %s, %llu turns: largest error %.4f points, in a "
		"window %.2f\n",
		cast->n, figures_time(time, (double)sim->now), sim->sched.policy->name,
		(unsigned long long)sim->turns, error_points, window);
	fputs(out.s, stdout);
}

static void print_json(const struct sim *sim, const struct cast *cast)
{
	_cleanup_text_ struct text out = TEXT_INIT;
	double error_points, window;

	totals(sim, &error_points, &window);
	text_printf(
		&out,
		"{\n  \"policy\": \"%s\", \"slice_ns\": %llu, \"simulated_ns\": %llu, "
		"\"turns\": %llu, \"busy_ns\": %llu, \"idle_ns\": %llu,\n"
		"  \"error_points\": %.6f, \"worst_window_points\": %.4f,\n  \"guests\": "
		"[\n",
		sim->sched.policy->name, (unsigned long long)sim->sched.slice_ns,
		(unsigned long long)sim->now, (unsigned long long)sim->turns,
		(unsigned long long)sim->sched.busy_ns,
		(unsigned long long)sim->sched.idle_ns, error_points, window);
	for (size_t i = 0; i < cast->n; i++) {
		text_puts(&out, "    {");
		figures_entity_json(&sim->sched, &cast->guests[i].sched, cast->names[i],
				    &out);
		text_puts(&out, i + 1 < cast->n ? "},\n" : "}\n");
	}
	text_puts(&out, "  ]\n}\n");
	fputs(out.s, stdout);
}

static void simulate(const struct options *o, const struct settings *s,
		     const struct cast *cast)
{
	struct sim_config config = {
		.policy = s->policy,
		.slice_ns = s->slice_ns,
		.window_ns = s->window_ns,
		.late_ns = LATE_NS,
		.seed = o->seed,
	};
	struct sim sim;

	sim_init(&sim, &config, cast->guests, cast->n);
	sim_run(&sim, s->duration_ns ? s->duration_ns : 60000000000ull);
	if (o->json)
		print_json(&sim, cast);
	else
		print_text(&sim, cast);
	sim_deinit(&sim);
}

static int run(struct options *o, int argc, char **argv)
{
	_cleanup_(guest_specs_deinit) struct guest_specs specs = {0};
	_cleanup_free_ struct sim_guest *guests = NULL;
	_cleanup_free_ const char **names = NULL;
	struct cast cast = {0};
	struct settings settings;
	int status = settings_parse(o, &settings);

	if (o->random > RANDOM_MAX)
		return usage_error("'--random' takes at most %d", RANDOM_MAX);
	if (!status && (argc || !o->random))
		status = guest_specs_parse(&specs, argc, argv, &o->caps);
	if (status)
		return status;
	guests = xcalloc(specs.n + o->random, sizeof(*guests));
	names = xcalloc(specs.n + o->random, sizeof(*names));
	cast.guests = guests;
	cast.names = names;
	status = cast_named(&cast, &specs);
	if (status)
		return status;
	cast_random(&cast, o->random, o->seed);
	simulate(o, &settings, &cast);
	return EXIT_OK;
}

static const struct opt opts[] = {
	OPT_POLICY,
	OPT_SLICE,
	OPT(OPT_STRING, "time", 't', time, "TIME", "virtual time to simulate (60s)"),
	OPT_CAP,
	OPT(OPT_NUMBER, "random", 'r', random, "N",
	    "N more guests, of any kind and weight"),
	OPT_WINDOW,
	OPT_SEED,
	OPT_JSON,
	OPT_END,
};

const struct cmd cmd_simulate = {
	.name = "simulate",
	.summary = "the same scheduler in virtual time",
	.usage = "[OPTION...] [GUEST[:WEIGHT]...]",
	.text = "Drives the policies with invented guests: no KVM, no waiting. The\n"
		"guests are spinner, neo, morpheus, chatty, sleeper and mixed, and\n"
		"behave as the real ones of these names do. The same seed gives the\n"
		"same run.\n"
		"\n"
		"  matrix simulate --time 1h neo:70 morpheus:30\n"
		"  matrix simulate --policy lottery --random 1000\n",
	.opts = opts,
	.run = run,
};
