// SPDX-License-Identifier: GPL-2.0-only
/* The events that the parts of judging add to a result; see judge_event.h. */
#include <string.h>

#include "judge_event.h"

struct lab_event judge_event(enum lab_outcome outcome, enum lab_phase phase,
			     const char *kind, const char *fmt, ...)
{
	struct lab_event event = {.outcome = outcome, .phase = phase};
	struct text title = TEXT_INIT;
	va_list ap;

	va_start(ap, fmt);
	text_vprintf(&title, fmt, ap);
	va_end(ap);
	event.kind = xstrdup(kind);
	event.title = text_take(&title);
	return event;
}

bool judge_is_ours(const void *data, const char *module)
{
	const struct judge *j = data;

	for (size_t i = 0; i < j->job->n_modules; i++)
		if (!j->job->modules[i].intree && j->job->modules[i].name &&
		    !strcmp(j->job->modules[i].name, module))
			return true;
	return false;
}

void judge_add(struct judge *j, struct lab_event *event)
{
	lab_result_add_event(j->result, event);
}

/* "BUG: kernel NULL pointer dereference, address: 000000000000001c", "BUG: unable to
 * handle page fault for address: fffffffffffffff4" */
bool judge_fault_address(const struct lab_event *event, unsigned long long *ret)
{
	for (size_t i = 0; i < event->detail.n; i++) {
		const char *line = event->detail.v[i];
		const char *s = strstr(line, " address: ");

		if (!s || !str_starts(line, "BUG: "))
			continue;
		*ret = strtoull(s + strlen(" address: "), NULL, 16);
		return true;
	}
	return false;
}

void judge_rename(struct lab_event *event, const char *kind, const char *title)
{
	free(event->kind);
	free(event->title);
	event->kind = xstrdup(kind);
	event->title = xstrdup(title);
}
