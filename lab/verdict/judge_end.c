// SPDX-License-Identifier: GPL-2.0-only
/* How the guest ended when its agent could not report: panic, reset, silence, ... */
#include <string.h>

#include "event.h"
#include "judge.h"
#include "title.h"

struct end_words {
	enum lab_outcome outcome;
	const char *kind;
	const char *words; /* before the phase */
};

static const struct end_words ends[] = {
	[LAB_END_PANIC] = { LAB_PANIC, "panic", "kernel panic" },
	[LAB_END_RESET] = { LAB_GUEST_LOST, "reset", "the guest reset itself" },
	[LAB_END_POWEROFF] = { LAB_GUEST_LOST, "poweroff", "the guest powered itself off" },
	[LAB_END_TIMEOUT] = { LAB_TIMEOUT, "timeout", "time ran out" },
	[LAB_END_SILENT] = { LAB_GUEST_LOST, "silent", "the guest stopped answering" },
	[LAB_END_FLOOD] = { LAB_GUEST_LOST, "flood",
			    "the guest wrote to its console without end" },
	[LAB_END_QEMU] = { LAB_HOST_TROUBLE, "qemu", "QEMU died" },
	[LAB_END_CANCELLED] = { LAB_CANCELLED, "cancelled", "cancelled" },
};

/* The first trouble seen says why the guest was lost; its trace goes along. */
static const struct lab_event *cause(const struct lab_result *r)
{
	for (size_t i = 0; i < r->n_events; i++)
		if (r->events[i].outcome >= LAB_ATOMIC_SLEEP)
			return &r->events[i];
	return NULL;
}

static void copy_frames(const struct lab_event *from, struct lab_event *to)
{
	for (size_t i = 0; i < from->n_frames; i++) {
		struct lab_frame f = from->frames[i];

		f.function = xstrdup(f.function);
		f.module = xstrdup(f.module);
		f.file = xstrdup(f.file);
		lab_event_add_frame(to, &f);
	}
}

void judge_end(struct judge *j)
{
	const struct lab_guest_report *r = j->report;
	const struct lab_event *before = cause(j->result);
	const struct end_words *end;
	struct lab_event event;

	if (r->end == LAB_END_DONE)
		return;
	if (r->end == LAB_END_PANIC && j->result->outcome == LAB_PANIC)
		return;
	/* An end this table does not know is no pass either. */
	end = (size_t)r->end < sizeof(ends) / sizeof(*ends) ? &ends[r->end]
							     : &ends[LAB_END_QEMU];
	event = judge_event(end->outcome, r->phase, end->kind, "%s %s%s%s", end->words,
			    title_phase(r->phase), before ? "; before that: " : "",
			    before ? before->title : "");
	if (r->end == LAB_END_QEMU && r->qemu_error) {
		free(event.title);
		event.title = xprintf("QEMU died %s: %s", title_phase(r->phase), r->qemu_error);
	}
	if (before)
		copy_frames(before, &event);
	judge_add(j, &event);
}
