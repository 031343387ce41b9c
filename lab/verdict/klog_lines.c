// SPDX-License-Identifier: GPL-2.0-only
/* Log lines from console output, and the traces among them that the agent asked for. */
#include <string.h>

#include "klog.h"
#include "pattern.h"
#include "stack_trace.h"

static bool begins_trace(const char *line)
{
	return str_starts(line, "NMI backtrace for cpu ") ||
	       pattern_match("task:* state:", line) ||
	       pattern_match("CPU: % *PID: %", line);
}

static bool runs_through(const struct lab_event *event,
			 bool (*wanted)(const void *data, const char *module),
			 const void *data)
{
	for (size_t i = 0; i < event->n_frames; i++)
		if (event->frames[i].module && !event->frames[i].guess &&
		    wanted(data, event->frames[i].module))
			return true;
	return false;
}

/* The trace that begins at line @from; returns the line behind it. */
static size_t read_trace(const struct lab_log_line *lines, size_t n, size_t from,
			 struct lab_event *ret)
{
	size_t i = from;

	do
		strv_add(&ret->detail, lines[i++].text);
	while (i < n && frame_line_is_trace(lines[i].text) &&
	       !str_starts(lines[i].text, "NMI backtrace for cpu ") &&
	       !pattern_match("task:* state:", lines[i].text));
	frames_collect(ret);
	return i;
}

/* Init or exit may have left no frame: a call that is the last they do is a jump. */
static bool stands_on_loader(const struct lab_event *event)
{
	for (size_t i = 0; i < event->n_frames; i++) {
		const struct lab_frame *f = &event->frames[i];

		if (f->function && !f->guess && !f->module &&
		    (!strcmp(f->function, "do_one_initcall") ||
		     !strcmp(f->function, "__do_sys_delete_module")))
			return true;
	}
	return false;
}

/* @wanted: NULL for a trace of the loader. */
static bool find_trace(const struct lab_log_line *lines, size_t n,
		       bool (*wanted)(const void *data, const char *module),
		       const void *data, struct lab_event *ret)
{
	size_t i = 0;

	while (i < n) {
		struct lab_event event = {0};

		if (!begins_trace(lines[i].text)) {
			i++;
			continue;
		}
		i = read_trace(lines, n, i, &event);
		if (wanted ? runs_through(&event, wanted, data)
			   : stands_on_loader(&event)) {
			event.kind = xstrdup("trace");
			*ret = event;
			return true;
		}
		lab_event_deinit(&event);
	}
	return false;
}

bool klog_find_trace(const struct lab_log_line *lines, size_t n,
		     bool (*wanted)(const void *data, const char *module),
		     const void *data, struct lab_event *ret)
{
	return find_trace(lines, n, wanted, data, ret) ||
	       find_trace(lines, n, NULL, NULL, ret);
}

/* "[   12.345678] text", also "[   12.345678][  T123] text"; NULL: not kernel log. */
static const char *strip_stamp(const char *s, unsigned long long *usec)
{
	unsigned long long seconds, micro;
	int len = 0;

	if (sscanf(s, "[ %llu.%6llu]%n", &seconds, &micro, &len) != 2 || !len)
		return NULL;
	*usec = seconds * 1000000 + micro;
	s += len;
	if (*s == '[' || !strncmp(s, " [    T", 4))
		s = strchr(s, ']') ? strchr(s, ']') + 1 : s;
	return *s == ' ' ? s + 1 : s;
}

static void add_console_line(const char *s, size_t len, struct lab_log_line *ret)
{
	while (len && (s[len - 1] == '\r' || s[len - 1] == '\n'))
		len--;
	ret->level = -1;
	ret->text = xstrndup(s, len);
}

size_t klog_from_console(const struct text *console, enum lab_phase phase,
			 unsigned long long after_usec, struct lab_log_line **ret)
{
	struct lab_log_line *lines = NULL;
	const char *s = console->s, *text;
	unsigned long long usec;
	size_t n = 0, len;

	for (; s && *s; s += len + (s[len] == '\n')) {
		len = strcspn(s, "\n");
		text = strip_stamp(s, &usec);
		if (!text || text > s + len || usec <= after_usec)
			continue;
		lines = xreallocarray(lines, n + 1, sizeof(*lines));
		lines[n] = (struct lab_log_line){.phase = phase, .usec = usec};
		add_console_line(text, len - (size_t)(text - s), &lines[n++]);
	}
	*ret = lines;
	return n;
}

void klog_lines_free(struct lab_log_line *lines, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(lines[i].text);
	free(lines);
}
