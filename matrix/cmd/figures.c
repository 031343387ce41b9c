// SPDX-License-Identifier: GPL-2.0-only
/* The time that each guest got; see figures.h. JSON is written by hand: the program is to
 * be linked statically for guests, and these are all the objects it has. */
#include <string.h>

#include "text.h"

#include "figures.h"

const char *figures_time(char *buffer, double ns)
{
	if (ns < 1e6)
		snprintf(buffer, 16, "%.0f us", ns / 1e3);
	else if (ns < 1e9)
		snprintf(buffer, 16, "%.1f ms", ns / 1e6);
	else
		snprintf(buffer, 16, "%.2f s", ns / 1e9);
	return buffer;
}

void figures_string(const char *s, struct text *out)
{
	text_puts(out, "\"");
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			text_printf(out, "\\%c", *s);
		else if ((unsigned char)*s < 0x20 || (unsigned char)*s > 0x7e)
			text_printf(out, "\\u%04x", (unsigned char)*s);
		else
			text_add(out, s, 1);
	}
	text_puts(out, "\"");
}

static double total_ns(const struct sched *s)
{
	double total = (double)(s->busy_ns + s->idle_ns);

	return total > 0 ? total : 1;
}

static double wanted(const struct sched *s, const struct sched_entity *e)
{
	return 100 * e->ideal_ns / total_ns(s);
}

static double got(const struct sched *s, const struct sched_entity *e)
{
	return 100 * (double)e->cpu_ns / total_ns(s);
}

void figures_head(struct text *out)
{
	text_printf(out, "%-14s %7s %9s %9s %8s %8s %9s %9s", "guest", "weight",
		    "wanted %", "got %", "error", "window", "turns", "wait");
}

void figures_row(const struct sched *s, const struct sched_entity *e, const char *name,
		 bool live, struct text *out)
{
	char wait[16];

	text_printf(out, "%-14.14s %7u %9.3f %9.3f %+8.3f %8.2f %9llu %9s", name,
		    e->weight, wanted(s, e), got(s, e), got(s, e) - wanted(s, e),
		    live ? e->window : e->worst_window, (unsigned long long)e->turns,
		    figures_time(wait, (double)e->worst_wait_ns));
}

static const char *state(const struct cloud_guest *g, char *buffer, size_t size)
{
	if (g->gone && g->vm->end == VM_EXITED) {
		snprintf(buffer, size, "exited %u", g->vm->status);
		return buffer;
	}
	if (g->gone)
		return vm_end_name(g->vm->end);
	if (g->paused)
		return "paused";
	if (g->sched.throttled)
		return "capped";
	return g->sched.state == SCHED_ASLEEP ? "sleeps" : "runs";
}

void figures_table(const struct cloud *cloud, bool live, struct text *out)
{
	const struct sched *s = &cloud->sched;
	char time[16], late[16];

	figures_head(out);
	text_printf(out, " %10s  %s\n", "exits", "state");
	for (size_t i = 0; i < cloud->n; i++) {
		const struct cloud_guest *g = cloud->guests[i];
		char buffer[32];

		figures_row(s, &g->sched, g->vm->name, live, out);
		text_printf(out, " %10llu  %s\n", (unsigned long long)vm_exits(g->vm),
			    state(g, buffer, sizeof(buffer)));
	}
	text_printf(out,
		    "%s under %s: busy %.1f %%, idle %.1f %%, %llu kicks, the latest %s "
		    "late\n",
		    figures_time(time, total_ns(s)), s->policy->name,
		    100 * (double)s->busy_ns / total_ns(s),
		    100 * (double)s->idle_ns / total_ns(s),
		    (unsigned long long)cloud->kicks,
		    figures_time(late, (double)cloud->worst_overrun_ns));
	if (!live)
		text_puts(out,
			  "error and window: points of the CPU; window: the worst one\n");
}

void figures_entity_json(const struct sched *s, const struct sched_entity *e,
			 const char *name, struct text *out)
{
	text_puts(out, "\"name\": ");
	figures_string(name, out);
	text_printf(out,
		    ", \"weight\": %u, \"cap_percent\": %u, \"wanted_percent\": %.6f, "
		    "\"got_percent\": %.6f, \"error_points\": %.6f, "
		    "\"worst_window_points\": %.4f, \"cpu_ns\": %llu, \"turns\": %llu, "
		    "\"worst_wait_ns\": %llu",
		    e->weight, e->cap_percent, wanted(s, e), got(s, e),
		    got(s, e) - wanted(s, e), e->worst_window,
		    (unsigned long long)e->cpu_ns, (unsigned long long)e->turns,
		    (unsigned long long)e->worst_wait_ns);
}

static void guest_json(const struct sched *s, const struct cloud_guest *g,
		       struct text *out)
{
	const struct vm_counts *c = &g->vm->counts;

	text_puts(out, "    {");
	figures_entity_json(s, &g->sched, g->vm->name, out);
	text_printf(
		out,
		",\n     \"exits\": {\"total\": %llu, \"io_in\": %llu, \"io_out\": %llu, "
		"\"mmio_read\": %llu, \"mmio_write\": %llu, \"hlt\": %llu, "
		"\"other\": %llu, \"unclaimed\": %llu}, \"kicked\": %llu,\n",
		(unsigned long long)vm_exits(g->vm), (unsigned long long)c->io_in,
		(unsigned long long)c->io_out, (unsigned long long)c->mmio_read,
		(unsigned long long)c->mmio_write, (unsigned long long)c->hlt,
		(unsigned long long)c->other, (unsigned long long)c->unclaimed,
		(unsigned long long)c->kicked);
	text_printf(out, "     \"end\": \"%s\", \"status\": %u, \"why\": ",
		    vm_end_name(g->vm->end), g->vm->status);
	figures_string(g->vm->why, out);
	text_puts(out, "}");
}

void figures_json(const struct cloud *cloud, struct text *out)
{
	const struct sched *s = &cloud->sched;

	text_printf(
		out,
		"{\n  \"policy\": \"%s\", \"kick\": \"%s\", \"slice_ns\": %llu,\n"
		"  \"busy_ns\": %llu, \"idle_ns\": %llu, \"own_ns\": %llu, \"wall_ns\": "
		"%llu, "
		"\"kicks\": %llu, \"worst_overrun_ns\": %llu,\n  \"guests\": [\n",
		s->policy->name, cloud->config.kick == KICK_IMM ? "imm" : "sigmask",
		(unsigned long long)s->slice_ns, (unsigned long long)s->busy_ns,
		(unsigned long long)s->idle_ns, (unsigned long long)cloud->own_ns,
		(unsigned long long)(cloud->ended ? cloud->ended - cloud->started : 0),
		(unsigned long long)cloud->kicks,
		(unsigned long long)cloud->worst_overrun_ns);
	for (size_t i = 0; i < cloud->n; i++) {
		guest_json(s, cloud->guests[i], out);
		text_puts(out, i + 1 < cloud->n ? ",\n" : "\n");
	}
	text_puts(out, "  ]\n}\n");
}
