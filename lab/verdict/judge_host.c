// SPDX-License-Identifier: GPL-2.0-only
/* Where this machine, and not the module, may have made the guest fail. */
#include <string.h>

#include "judge_parts.h"

/* The quickest of the guest's watchdogs reports after this time (guest/agent/boot.c). */
#define WATCHDOG_MS 8000
/* A stop of this length may be noticed by tests: they have limits of a few seconds by
 * the guest's clock. */
#define NOTICED_MS 2000

/* The kinds of event that come from the guest's own watchdogs, which use its clock. */
static bool is_watchdogs(const struct lab_event *event)
{
	static const char *const kinds[] = {"soft-lockup", "hard-lockup", "hung-task",
					    "rcu-stall", "workqueue-lockup"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(event->kind, kinds[i]))
			return true;
	return false;
}

static bool only_watchdogs_say_hung(const struct lab_result *r)
{
	if (r->outcome != LAB_HUNG)
		return false;
	for (size_t i = 0; i < r->n_events; i++)
		if (r->events[i].outcome == LAB_HUNG && !is_watchdogs(&r->events[i]))
			return false;
	return true;
}

/*
 * A machine that is too busy. A module that keeps a CPU for three seconds is found by no
 * watchdog on a quiet machine, but is where the guest gets a sixth of its time; so a hang
 * that came to its end is not held against it. Of a failed test nothing is known but that
 * it failed, so there is only a note.
 */
static void judge_starved(struct judge *j)
{
	const struct lab_guest_report *report = j->report;
	double usable = report->usable_ms / 1000, lost = report->starved_ms / 1000;
	struct lab_event event;

	if (report->starved_ms < WATCHDOG_MS || lost < usable)
		return;
	if (j->result->outcome == LAB_TEST_FAILED)
		strv_printf(&j->result->notes,
			    "this machine let the guest run for %.0f of %.0f s only; if "
			    "a test has a limit of its own, run it again",
			    usable, usable + lost);
	if (report->end != LAB_END_DONE || !only_watchdogs_say_hung(j->result))
		return;
	event = judge_event(
		LAB_HOST_TROUBLE, report->phase, "starved",
		"this machine let the guest run for %.0f of %.0f s only, which the guest "
		"took for a hang; run it again when it is less busy",
		usable, usable + lost);
	judge_add(j, &event);
}

/* While this machine stands still only the guest's clock moves on. To a watchdog that
 * looks like a hang, and to a test with a limit of its own like a failure; it is no
 * verdict on the module. */
static void judge_stopped(struct judge *j)
{
	const struct lab_result *r = j->result;
	double ms = j->report->stopped_ms;
	struct lab_event event;
	const char *taken_for;

	if (ms >= WATCHDOG_MS && only_watchdogs_say_hung(r))
		taken_for = "the guest took for a hang";
	else if (r->outcome == LAB_TEST_FAILED && ms >= NOTICED_MS && !j->job->tty)
		taken_for = "a test may have noticed";
	else
		return;
	event = judge_event(LAB_HOST_TROUBLE, j->report->phase, "stopped",
			    "this machine stood still for %.0f s while the guest ran, "
			    "which %s; run it again",
			    ms / 1000, taken_for);
	judge_add(j, &event);
}

void judge_host(struct judge *j)
{
	judge_stopped(j);
	judge_starved(j);
}
