// SPDX-License-Identifier: GPL-2.0-only
/* Events of the kernel log: resolved, named, and freed of repetitions. */
#include <string.h>

#include "stack_trace.h"
#include "judge_parts.h"
#include "klog.h"
#include "title.h"

/* "Modules linked in: a(OE) b(O+) [last unloaded: c(OE)]" */
static bool is_listed(const char *line, const char *module)
{
	size_t len = strlen(module);
	const char *s = line, *end = line + strcspn(line, "[");

	while ((s = strstr(s, module)) && s < end) {
		if (s[-1] == ' ' && (s[len] == ' ' || s[len] == '(' || !s[len]))
			return true;
		s += len;
	}
	return false;
}

/* Was the module gone when this happened? The report itself lists what is loaded. */
static bool was_gone(const struct lab_event *event, const char *module)
{
	for (size_t i = 0; i < event->detail.n; i++) {
		const char *line = event->detail.v[i];

		if (str_starts(line, "Modules linked in:"))
			return !is_listed(line, module);
	}
	return event->phase >= LAB_PHASE_LEAK;
}

/* "Modules linked in: a(OE) [last unloaded: tiny(OE)]" */
static bool was_last(const char *line, const char *module)
{
	static const char words[] = "[last unloaded: ";
	const char *s = strstr(line, words);
	size_t len = strlen(module);

	return s && str_starts(s + strlen(words), module) &&
	       strchr("( ]", s[strlen(words) + len]);
}

/* Where the sections are not known: an address in the range of modules, after one of
 * ours was unloaded. */
static bool is_lost_module(struct judge *j, const struct lab_event *event,
			   unsigned long long address)
{
	if (address < 0xffffffffc0000000ULL || address >= 0xffffffffff000000ULL)
		return false;
	for (size_t i = 0; i < event->detail.n; i++)
		for (size_t k = 0; k < j->job->n_modules; k++)
			if (j->job->modules[k].name &&
			    was_last(event->detail.v[i], j->job->modules[k].name))
				return was_gone(event, j->job->modules[k].name);
	return false;
}

/* An oops at an address that was the module's: code run, or data used, after unload or
 * after the init sections were freed. */
static void look_at_address(struct judge *j, struct lab_event *event)
{
	unsigned long long address = 0;
	const struct lab_section *owner = NULL;
	bool code = event->n_frames && !event->frames[0].function;

	if (event->outcome != LAB_OOPS && event->outcome != LAB_PANIC)
		return;
	judge_fault_address(event, &address);
	if (code)
		address = event->frames[0].offset;
	if (address)
		owner = symbolizer_owner(j->symbols, address, NULL);
	if (owner ? was_gone(event, owner->module) : is_lost_module(j, event, address)) {
		judge_rename(event, "use-after-unload",
			     code ? "code of the unloaded module was run"
				  : "data of the unloaded module was used");
		if (owner)
			judge_about(event, owner->module);
	} else if (owner && str_starts(owner->name, ".init") &&
		   event->phase > LAB_PHASE_LOAD)
		judge_rename(event, "use-after-init",
			     "init code or data was used after it was freed");
}

static const char dead[] = "kernel panic: ";

/* Without the module that judge_add() may have put before it. */
static const char *bare_title(const struct lab_event *event)
{
	size_t len = event->module ? strlen(event->module) : 0;

	if (len && str_starts(event->title, event->module) &&
	    str_starts(event->title + len, ": "))
		return event->title + len + 2;
	return event->title;
}

/* An oops that the kernel died of is a panic; the same in another task, on the way there,
 * is the same. */
static bool is_same(const struct lab_event *earlier, const struct lab_event *event)
{
	const char *title = bare_title(earlier);

	if (strcmp(earlier->kind, event->kind))
		return false;
	if (earlier->outcome == event->outcome)
		return !strcmp(title, event->title);
	return earlier->outcome == LAB_PANIC && event->outcome == LAB_OOPS &&
	       str_starts(title, dead) && !strcmp(title + strlen(dead), event->title);
}

/* Some complaints pass through two parts of the kernel, of which only the first knows the
 * module's function. @words: the title without a place. */
static bool is_echo(const struct lab_event *earlier, const struct lab_event *event,
		    const char *words)
{
	return klog_advice(event->kind) && !strcmp(earlier->kind, event->kind) &&
	       earlier->phase == event->phase && str_starts(bare_title(earlier), words) &&
	       title_frame(earlier) && !title_frame(event);
}

static bool is_repeated(struct judge *j, const struct lab_event *event, const char *words)
{
	struct lab_result *r = j->result;

	for (size_t i = 0; i < r->n_events; i++)
		if (is_same(&r->events[i], event) || is_echo(&r->events[i], event, words))
			return true;
	return false;
}

/* The panic that answers the host's question "where are you?" is no fault by itself. */
static bool is_our_nmi(struct judge *j, const struct lab_event *event)
{
	return j->report->end == LAB_END_SILENT && !strcmp(event->kind, "panic") &&
	       strstr(event->title, "NMI: Not continuing");
}

static void add(struct judge *j, struct lab_event *event)
{
	_cleanup_free_ char *words = NULL;
	bool panic = event->outcome == LAB_PANIC;

	if (is_our_nmi(j, event)) {
		lab_event_deinit(event);
		return;
	}
	look_at_address(j, event);
	judge_tail_call(j, event);
	judge_error_pointer(j, event);
	judge_cause(j, event);
	judge_init_positive(j, event);
	if (panic && strcmp(event->kind, "panic") &&
	    !str_starts(event->title, "kernel panic")) {
		char *title = xprintf("%s%s", dead, event->title);

		free(event->title);
		event->title = title;
	}
	symbolizer_event(j->symbols, event);
	words = xstrdup(event->title);
	title_finish(event);
	if (is_repeated(j, event, words))
		lab_event_deinit(event);
	else
		judge_add(j, event);
}

void judge_log(struct judge *j)
{
	struct klog_events events;

	klog_classify(j->lines, j->n_lines, &events);
	for (size_t i = 0; i < events.n; i++)
		add(j, &events.v[i]);
	klog_events_deinit(&events);
}
