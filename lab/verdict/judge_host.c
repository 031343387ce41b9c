// SPDX-License-Identifier: GPL-2.0-only
/* Where this machine, and not the module, may have made the guest fail. */
#include <string.h>

#include "judge_parts.h"

/* The quickest of the guest's watchdogs looks after so long (guest/agent/boot.c). */
#define WATCHDOG_MS 8000
/* Of a stop that tests may notice, which have limits of a few seconds by that clock. */
#define NOTICED_MS 2000

/* What the guest's own watchdogs say, who go by its clock. */
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
 * A machine that is too busy. What keeps a CPU for three seconds is found by no watchdog
 * on a quiet one, and is where the guest gets a sixth of its time; but it came to its
 * end. Of tests nothing is known but that they failed, so that is only said.
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

/* A machine that stands still moves the guest's clock on and nothing else: to a watchdog
 * that is a hang, to a test with a limit of its own a failure, to us it is no verdict on
 * the module. */
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
