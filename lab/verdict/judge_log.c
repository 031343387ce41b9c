// SPDX-License-Identifier: GPL-2.0-only
/* Events of the kernel log: resolved, named, and freed of repetitions. */
#include <string.h>

#include "stack_trace.h"
#include "judge_parts.h"
#include "klog.h"
#include "title.h"

/* "Modules linked in: a(OE) b(O+) [last unloaded: c(OE)]": what a report says of the
 * modules that were loaded, or NULL. */
static const char *linked_in(const struct lab_event *event)
{
	for (size_t i = 0; i < event->detail.n; i++)
		if (str_starts(event->detail.v[i], "Modules linked in:"))
			return event->detail.v[i];
	return NULL;
}

/* What stands behind the module's name in that line; NULL: it is not there. */
static const char *find_linked(const char *line, const char *module)
{
	size_t len = strlen(module);
	const char *s = line, *end = line + strcspn(line, "[");

	for (; (s = strstr(s, module)) && s < end; s += len)
		if (s[-1] == ' ' && (s[len] == ' ' || s[len] == '(' || !s[len]))
			return s + len;
	return NULL;
}

/* Was the module gone when this happened? */
static bool was_gone(const struct lab_event *event, const char *module)
{
	const char *line = linked_in(event);

	return line ? !find_linked(line, module) : event->phase >= LAB_PHASE_LEAK;
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

/* Is it before the end of its init function? Then it has a "+" behind its taints. */
static bool is_loading(const char *line, const char *module)
{
	const char *s = find_linked(line, module);

	return s && *s == '(' && s[strcspn(s, "+)")] == '+';
}

/*
 * A kernel in which functions are traced keeps the names of init functions while their
 * module stays (save_ftrace_mod_rec() of kernel/trace/ftrace.c, since 4.15), although
 * their memory may be another's by now. Such a name is no more than an address.
 */
static void forget_init_names(struct judge *j, struct lab_event *event)
{
	const char *line = linked_in(event);

	for (size_t i = 0; line && i < event->n_frames; i++) {
		struct lab_frame *f = &event->frames[i];
		bool guess = f->guess, exact = f->exact;
		unsigned long long address;

		if (!f->module || is_loading(line, f->module))
			continue;
		address = symbolizer_init_address(j->symbols, f);
		if (!address)
			continue;
		lab_frame_deinit(f);
		*f = (struct lab_frame){
			.offset = address, .guess = guess, .exact = exact};
	}
}

/* An oops at an address that was the module's: code run, or data used, after unload or
 * after the init sections were freed. */
static void look_at_address(struct judge *j, struct lab_event *event)
{
	unsigned long long address = 0;
	const struct lab_section *owner = NULL;
	bool code;

	if (event->outcome != LAB_OOPS && event->outcome != LAB_PANIC)
		return;
	forget_init_names(j, event);
	code = event->n_frames && !event->frames[0].function;
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
