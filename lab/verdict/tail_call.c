// SPDX-License-Identifier: GPL-2.0-only
/*
 * Init and exit in a trace, also when their last call was a jump: then the kernel
 * function they called stands directly on the loader.
 */
#include <string.h>

#include "judge_parts.h"

static bool is_one_of(const char *function, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_starts(function, names[i]))
			return true;
	return false;
}

#define IS_ONE_OF(function, names)                                                       \
	is_one_of(function, names, sizeof(names) / sizeof(*(names)))

/* What the loader itself calls (kernel/module, init/main.c); interrupts come anywhere. */
static bool is_loaders(const char *function)
{
	static const char *const names[] = {
		"free_module",
		"blocking_notifier_",
		"notifier_call_",
		"ftrace_",
		"klp_",
		"async_synchronize",
		"mutex_",
		"__mutex_",
		"stop_machine",
		"try_stop_module",
		"module_put",
		"wake_up_process",
		"_copy_from_user",
		"strncpy_from_user",
		"initcall_",
		"do_trace_",
		"trace_",
		"audit_",
		"capable",
		"schedule",
		"__schedule",
		"preempt_",
		"__x64_sys_",
		"find_module",
		"asm_",
		"sysvec_",
		"irqentry_",
		"ret_from_intr",
		"exc_",
		"rcu_",
	};

	return IS_ONE_OF(function, names);
}

/* The frame of the loader on which init or exit stands, none of a module before it.
 * Returns the symbol of what is missing, or NULL. */
static const char *missing(const struct lab_event *event, size_t *ret)
{
	const char *below = NULL;

	for (size_t i = 0; i < event->n_frames; i++) {
		const struct lab_frame *f = &event->frames[i];
		bool init = f->function && !strcmp(f->function, "do_one_initcall");
		bool exit =
			f->function && (!strcmp(f->function, "__do_sys_delete_module") ||
					!strcmp(f->function, "__x64_sys_delete_module"));

		if (f->guess)
			continue;
		if (f->module || !f->function)
			return NULL;
		*ret = i;
		if (init || exit)
			return !below || is_loaders(below) ? NULL
			       : init			   ? "init_module"
							   : "cleanup_module";
		below = f->function;
	}
	return NULL;
}

/* "Modules linked in: b(OE-) a(OE)": + marks the one that comes, - the one that goes. */
static bool has_mark(const char *line, const char *module, char mark)
{
	const char *s = line;
	size_t len = strlen(module);

	while ((s = strstr(s, module))) {
		if (s > line && s[-1] == ' ' && s[len] == '(' &&
		    s[len + strcspn(s + len, ")") - 1] == mark)
			return true;
		s += len;
	}
	return false;
}

static const char *busy_module(struct judge *j, const struct lab_event *event, char mark)
{
	const struct lab_guest_job *job = j->job;

	for (size_t i = 0; i < event->detail.n; i++)
		for (size_t k = 0; k < job->n_modules; k++)
			if (str_starts(event->detail.v[i], "Modules linked in:") &&
			    job->modules[k].name &&
			    has_mark(event->detail.v[i], job->modules[k].name, mark))
				return job->modules[k].name;
	return job->n_modules == 1 ? job->modules[0].name : NULL;
}

/* The return address of the only call of @callee, or 0. */
static unsigned long long call_of(struct judge *j, const struct lab_frame *caller,
				  const char *callee)
{
	_cleanup_object_code_ struct object_code code;
	unsigned long long offset = 0;
	size_t n = 0;

	symbolizer_code(j->symbols, caller, &code);
	for (size_t i = 0; i < code.n_calls; i++) {
		if (strcmp(code.calls[i].name, callee))
			continue;
		offset = code.calls[i].offset;
		n++;
	}
	return n == 1 ? offset : 0;
}

void judge_tail_call(struct judge *j, struct lab_event *event)
{
	size_t at = 0, callee;
	const char *symbol = missing(event, &at);
	const char *module =
		symbol ? busy_module(j, event, symbol[0] == 'i' ? '+' : '-') : NULL;
	struct lab_frame frame = {.exact = true};

	if (!module || !judge_is_ours(j, module) ||
	    !symbolizer_has(j->symbols, module, symbol))
		return;
	for (callee = at - 1; event->frames[callee].guess; callee--)
		;
	frame.module = xstrdup(module);
	frame.function = xstrdup(symbol);
	frame.offset = call_of(j, &frame, event->frames[callee].function);
	frame.exact = !frame.offset;
	lab_event_insert_frame(event, at, &frame);
}
