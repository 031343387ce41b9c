// SPDX-License-Identifier: GPL-2.0-only
/* Life of a result, and the rule that its worst event is its outcome. */
#include <string.h>

#include "event.h"
#include "title.h"

struct lab_result *lab_result_create(void)
{
	struct lab_result *r = xcalloc(1, sizeof(*r));

	r->phase = LAB_PHASE_DONE;
	return r;
}

void lab_frame_deinit(struct lab_frame *frame)
{
	free(frame->function);
	free(frame->module);
	free(frame->file);
	free(frame->text);
	memset(frame, 0, sizeof(*frame));
}

static void free_frames(struct lab_event *event)
{
	for (size_t i = 0; i < event->n_frames; i++)
		lab_frame_deinit(&event->frames[i]);
	free(event->frames);
}

void lab_event_deinit(struct lab_event *event)
{
	free(event->kind);
	free(event->title);
	free(event->hint);
	free(event->module);
	strv_deinit(&event->detail);
	free_frames(event);
	memset(event, 0, sizeof(*event));
}

void lab_event_take_frames(struct lab_event *event, struct lab_event *from)
{
	free_frames(event);
	event->frames = take_ptr(from->frames);
	event->n_frames = from->n_frames;
	from->n_frames = 0;
}

void lab_event_add_frame(struct lab_event *event, struct lab_frame *frame)
{
	event->frames =
		xreallocarray(event->frames, event->n_frames + 1, sizeof(*event->frames));
	event->frames[event->n_frames++] = *frame;
	memset(frame, 0, sizeof(*frame));
}

void lab_event_insert_frame(struct lab_event *event, size_t at, struct lab_frame *frame)
{
	struct lab_frame copy = *frame;

	lab_event_add_frame(event, frame);
	memmove(&event->frames[at + 1], &event->frames[at],
		(event->n_frames - 1 - at) * sizeof(copy));
	event->frames[at] = copy;
}

static void free_tests(struct lab_result *r)
{
	for (size_t i = 0; i < r->n_tests; i++) {
		free(r->tests[i].name);
		free(r->tests[i].diagnostic);
	}
	free(r->tests);
}

static void free_strings(struct lab_result *r)
{
	char *const owned[] = {r->kernel,  r->release, r->module,    r->source, r->test,
			       r->summary, r->hint,    r->build_log, r->skipped};

	for (size_t i = 0; i < sizeof(owned) / sizeof(*owned); i++)
		free(owned[i]);
}

void lab_result_destroy(struct lab_result *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n_events; i++)
		lab_event_deinit(&r->events[i]);
	free(r->events);
	free_tests(r);
	free_strings(r);
	strv_deinit(&r->log);
	strv_deinit(&r->console);
	strv_deinit(&r->notes);
	free(r);
}

/* Of two equally bad events the first counts, since later trouble is usually its
 * consequence. But an event that names a line of the module goes before one that does
 * not. */
static bool is_worse(const struct lab_event *event, const struct lab_event *than)
{
	if (!than || event->outcome != than->outcome)
		return !than || event->outcome > than->outcome;
	return title_frame(event) && !title_frame(than);
}

const struct lab_event *lab_result_worst(const struct lab_result *r)
{
	const struct lab_event *worst = NULL;

	for (size_t i = 0; i < r->n_events; i++)
		if (is_worse(&r->events[i], worst))
			worst = &r->events[i];
	return worst;
}

void lab_result_add_event(struct lab_result *r, struct lab_event *event)
{
	const struct lab_event *worst;

	r->events = xreallocarray(r->events, r->n_events + 1, sizeof(*r->events));
	r->events[r->n_events++] = *event;
	memset(event, 0, sizeof(*event));
	worst = lab_result_worst(r);
	r->outcome = worst->outcome;
	r->phase = worst->phase;
	free(r->summary);
	r->summary = xstrdup(worst->title);
}
