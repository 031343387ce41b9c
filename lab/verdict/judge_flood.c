// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that prints so much that it seems to hang. printk waits for the serial
 * console, which takes some thousand lines a second at best; a loop of messages then
 * holds its CPU like one without an end, and the watchdogs and our own limits see no
 * difference. The log does: somebody who hangs prints no more.
 */
#include <string.h>

#include "judge_parts.h"
#include "title.h"

#define SECOND 1000000ULL

/* What is a flood: so many lines in the last seconds of a phase, more than the traces
 * that all CPUs are asked for, and never a rest among them. */
enum { LINES = 500, SECONDS = 5, REST_SECONDS = 2 };

struct flood {
	size_t lines; /* in all of the phase */
	double seconds;
};

static bool find_flood(const struct judge *j, enum lab_phase phase, struct flood *ret)
{
	unsigned long long first = 0, last = 0, before;
	size_t late = 0;

	*ret = (struct flood){0};
	for (size_t i = 0; i < j->n_lines; i++) {
		if (j->lines[i].phase != phase)
			continue;
		if (!ret->lines++)
			first = j->lines[i].usec;
		last = j->lines[i].usec;
	}
	before = last;
	for (size_t i = j->n_lines; i; i--) {
		const struct lab_log_line *line = &j->lines[i - 1];

		if (line->phase != phase)
			continue;
		if (line->usec + SECONDS * SECOND < last)
			break;
		if (line->usec + REST_SECONDS * SECOND < before)
			return false;
		before = line->usec;
		late++;
	}
	ret->seconds = (double)(last - first) / SECOND;
	return late >= LINES;
}

static bool is_hang(const struct lab_event *event, enum lab_phase phase)
{
	static const char *const kinds[] = {"stalled-call", "soft-lockup",
					    "hard-lockup",  "hung-task",
					    "rcu-stall",    "workqueue-lockup"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (event->phase == phase && !strcmp(event->kind, kinds[i]))
			return true;
	return false;
}

static bool prints(const struct lab_event *event)
{
	static const char *const functions[] = {"_printk", "printk", "vprintk_emit",
						"console_unlock", "devkmsg_emit"};

	for (size_t i = 0; i < event->n_frames; i++)
		for (size_t k = 0; k < sizeof(functions) / sizeof(*functions); k++)
			if (!event->frames[i].guess && event->frames[i].function &&
			    !strcmp(event->frames[i].function, functions[k]))
				return true;
	return false;
}

/* The event that shows best where it prints, of those that say that it hangs. */
static struct lab_event *best_hang(struct lab_result *r, enum lab_phase phase)
{
	struct lab_event *best = NULL;
	int worth = -1;

	for (size_t i = 0; i < r->n_events; i++) {
		struct lab_event *e = &r->events[i];
		int w = (title_frame(e) ? 1 : 0) + (prints(e) ? 2 : 0);

		if (is_hang(e, phase) && w > worth) {
			best = e;
			worth = w;
		}
	}
	return best;
}

static void rename_hang(struct lab_event *event, const struct flood *flood)
{
	const struct lab_frame *own = title_frame(event);
	_cleanup_free_ char *place = own ? title_place(own) : NULL;
	_cleanup_free_ char *who =
		event->module ? xprintf("'%s'", event->module) : xstrdup("the module");

	free(event->kind);
	free(event->title);
	event->kind = xstrdup("printk-flood");
	event->title =
		xprintf("%s prints too much: %zu lines in %.0f s, for each of which it "
			"waits for the slow console%s%s, %s",
			who, flood->lines, flood->seconds, place ? ", in " : "",
			place ? place : "", title_phase(event->phase));
}

static void drop_hangs(struct lab_result *r, enum lab_phase phase)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_events; i++) {
		if (is_hang(&r->events[i], phase))
			lab_event_deinit(&r->events[i]);
		else
			r->events[n++] = r->events[i];
	}
	r->n_events = n;
}

void judge_flood(struct judge *j)
{
	struct lab_result *r = j->result;
	bool renamed = false;

	for (enum lab_phase p = LAB_PHASE_LOAD; p <= LAB_PHASE_LEAK; p++) {
		struct lab_event *hang = best_hang(r, p);
		struct flood flood;

		if (!hang || !find_flood(j, p, &flood))
			continue;
		rename_hang(hang, &flood);
		drop_hangs(r, p);
		renamed = true;
	}
	if (!renamed)
		return;
	free(r->summary);
	r->summary = xstrdup(lab_result_worst(r)->title);
}
