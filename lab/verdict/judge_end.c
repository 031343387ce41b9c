// SPDX-License-Identifier: GPL-2.0-only
/* How the guest ended when its agent could not report: panic, reset, silence, ... */
#include <string.h>

#include "event.h"
#include "judge_parts.h"
#include "klog.h"
#include "title.h"

struct end_words {
	enum lab_outcome outcome;
	const char *kind;
	const char *words; /* before the phase */
};

static const struct end_words ends[] = {
	[LAB_END_PANIC] = {LAB_PANIC, "panic", "kernel panic"},
	[LAB_END_RESET] = {LAB_GUEST_LOST, "reset", "the guest reset itself"},
	[LAB_END_POWEROFF] = {LAB_GUEST_LOST, "poweroff", "the guest powered itself off"},
	[LAB_END_TIMEOUT] = {LAB_TIMEOUT, "timeout", "time ran out"},
	[LAB_END_SILENT] = {LAB_GUEST_LOST, "silent", "the guest stopped answering"},
	[LAB_END_FLOOD] = {LAB_GUEST_LOST, "flood",
			   "the guest wrote to its console without end"},
	[LAB_END_IMPOSTOR] = {LAB_GUEST_LOST, "impostor",
			      "something in the guest spoke in the agent's place"},
	[LAB_END_CANCELLED] = {LAB_CANCELLED, "cancelled", "cancelled"},
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

/* Where the guest was when it fell silent, as far as it could still say. */
static char *where_stuck(struct judge *j, struct lab_event *event)
{
	const struct lab_frame *frame;
	struct lab_event found;
	_cleanup_free_ char *place = NULL;

	if (j->report->end != LAB_END_SILENT ||
	    !klog_find_trace(j->lines, j->n_lines, judge_is_ours, j, &found))
		return xstrdup("");
	symbolizer_event(j->symbols, &found);
	frame = title_frame(&found);
	place = frame ? title_place(frame) : NULL;
	for (size_t i = 0; i < found.n_frames; i++)
		lab_event_add_frame(event, &found.frames[i]);
	strv_add_all(&event->detail, found.detail.v);
	lab_event_deinit(&found);
	return place ? xprintf(", stuck in %s,", place) : xstrdup("");
}

static void judge_qemu(struct judge *j)
{
	const struct lab_guest_report *r = j->report;
	struct lab_event event =
		judge_event(LAB_HOST_TROUBLE, r->phase, "qemu", "QEMU died %s%s%s",
			    title_phase(r->phase), r->qemu_error ? ": " : "",
			    r->qemu_error ? r->qemu_error : "");

	judge_add(j, &event);
}

static void judge_lost(struct judge *j, const struct end_words *end)
{
	const struct lab_event *before = cause(j->result);
	struct lab_event event = {.outcome = end->outcome,
				  .phase = j->report->phase,
				  .kind = xstrdup(end->kind)};
	_cleanup_free_ char *place = where_stuck(j, &event);

	event.title =
		xprintf("%s%s %s%s%s", end->words, place, title_phase(event.phase),
			before ? "; before that: " : "", before ? before->title : "");
	if (before && !event.n_frames)
		copy_frames(before, &event);
	judge_add(j, &event);
}

void judge_end(struct judge *j)
{
	const struct lab_guest_report *r = j->report;

	if (r->end == LAB_END_DONE)
		return;
	if (r->end == LAB_END_PANIC && j->result->outcome == LAB_PANIC)
		return;
	/* An end this table does not know is no pass either. */
	if (r->end == LAB_END_QEMU || (size_t)r->end >= sizeof(ends) / sizeof(*ends))
		judge_qemu(j);
	else
		judge_lost(j, &ends[r->end]);
}
