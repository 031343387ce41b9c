// SPDX-License-Identifier: GPL-2.0-only
/* The events that the parts of judging add to a result; see judge_event.h. */
#include <ctype.h>
#include <string.h>

#include "judge_event.h"
#include "title.h"

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

static bool several_modules(const struct judge *j)
{
	size_t n = 0;

	for (size_t i = 0; i < j->job->n_modules; i++)
		n += !j->job->modules[i].intree;
	return n > 1;
}

/* Length of @name where @s begins with it; a file may have '-' where a module has '_'. */
static size_t begins(const char *s, const char *name)
{
	size_t n = 0;

	while (name[n] && (s[n] == name[n] || (s[n] == '-' && name[n] == '_')))
		n++;
	return name[n] ? 0 : n;
}

static bool is_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* Also as the name of its file: "(hello.c:12)". */
static bool is_named(const char *title, const char *module)
{
	for (const char *s = title; *s; s++) {
		size_t n = begins(s, module);

		if (n && !is_letter(s[n]) && (s == title || !is_letter(s[-1])))
			return true;
	}
	return false;
}

void judge_about(struct lab_event *event, const char *module)
{
	if (!event->module && module)
		event->module = xstrdup(module);
}

/* With one module it is clear which one is meant. */
static void name_module(struct judge *j, struct lab_event *event)
{
	const struct lab_frame *frame = title_frame(event);
	char *title;

	if (frame && judge_is_ours(j, frame->module))
		judge_about(event, frame->module);
	if (!event->module || !several_modules(j) ||
	    is_named(event->title, event->module))
		return;
	title = xprintf("%s: %s", event->module, event->title);
	free(event->title);
	event->title = title;
}

void judge_add(struct judge *j, struct lab_event *event)
{
	name_module(j, event);
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
