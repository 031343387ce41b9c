// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "fs.h"
#include "title.h"

const char *title_phase(enum lab_phase phase)
{
	switch (phase) {
	case LAB_PHASE_BUILD:
		return "while building";
	case LAB_PHASE_BOOT:
		return "before loading";
	case LAB_PHASE_LOAD:
		return "while loading";
	case LAB_PHASE_TEST:
		return "during the test";
	case LAB_PHASE_UNLOAD:
		return "while unloading";
	case LAB_PHASE_LEAK:
	case LAB_PHASE_DONE:
		break;
	}
	return "after unloading";
}

/* "use.isra.0", "probe.cold": the compiler's clones of what the source calls use, probe.
 */
static char *source_name(const char *function)
{
	static const char *const clones[] = {".isra.", ".constprop.", ".part.", ".cold",
					     ".llvm."};
	const char *end = function + strlen(function);

	for (size_t i = 0; i < sizeof(clones) / sizeof(*clones); i++) {
		const char *s = strstr(function, clones[i]);

		if (s && s > function && s < end)
			end = s;
	}
	return xstrndup(function, (size_t)(end - function));
}

char *title_place(const struct lab_frame *f)
{
	_cleanup_free_ char *name = f->function ? source_name(f->function) : NULL;

	if (!f->function && !f->file)
		return xprintf("0x%llx", f->offset);
	if (!f->function)
		return xprintf("%s:%d", fs_basename(f->file), f->line);
	if (!f->file)
		return take_ptr(name);
	return xprintf("%s (%s:%d)", name, fs_basename(f->file), f->line);
}

/* A kernel header's inline function, expanded in the module, is not the student's line.
 */
static bool is_own(const struct lab_frame *f)
{
	return !f->file || !str_ends(f->file, ".h") || !strstr(f->file, "/include/");
}

/* A jump into data shows the data as the innermost function: the caller made it. */
static bool is_target(const struct lab_event *event, size_t i)
{
	return i == 0 && event->n_frames > 1 && event->kind &&
	       str_starts(event->kind, "exec-");
}

/* How well a frame names the student's line; 0: not at all. */
static int worth(const struct lab_event *event, size_t i)
{
	const struct lab_frame *f = &event->frames[i];

	if (!f->module || is_target(event, i))
		return 0;
	if (f->guess)
		return f->function && str_starts(f->function, "__pfx_") ? 0 : 1;
	return is_own(f) ? 3 : 2;
}

bool title_is_interrupt(const char *function)
{
	static const char *const entries[] = {"asm_sysvec_",	  "asm_common_interrupt",
					      "common_interrupt", "apic_timer_interrupt",
					      "sysvec_",	  "ret_from_intr"};

	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++)
		if (str_starts(function, entries[i]))
			return true;
	return false;
}

/* Where what happened was called from: whom an interrupt came upon has no part in it. A
 * report of a processor that is stuck is made by one, and has the place after that. */
static size_t callers_end(const struct lab_event *event)
{
	size_t i = 0;

	while (i < event->n_frames && !event->frames[i].exact)
		i++;
	for (; i < event->n_frames; i++) {
		const char *function = event->frames[i].function;

		if (function && title_is_interrupt(function))
			return i;
	}
	return event->n_frames;
}

const struct lab_frame *title_frame(const struct lab_event *event)
{
	size_t best = 0, end = callers_end(event);

	for (size_t i = 1; i < end; i++)
		if (worth(event, i) > worth(event, best))
			best = i;
	return event->n_frames && worth(event, best) ? &event->frames[best] : NULL;
}

/* Functions that print the report, and entry code: they say nothing about the cause. */
static bool is_machinery(const char *function)
{
	static const char *const prefixes[] = {
		"dump_stack",
		"show_stack",
		"__schedule_bug",
		"__might_",
		"print_",
		"kasan_",
		"__kasan_",
		"__asan_",
		"kfence_",
		"__warn",
		"check_bytes",
		"slab_",
		"object_err",
		"asm_",
		"exc_",
		"__schedule",
		"schedule",
		"panic",
		"vpanic",
		"__slab_err",
		"report_bug",
		"handle_bug",
		"lockdep_",
		"mark_lock",
		"ubsan_",
		"nmi_",
		"rcu_dump_",
		"rcu_sched_clock",
		"update_process_times",
		"tick_",
		"check_object",
		"free_to_partial",
		"free_debug_",
		"__ubsan_",
		"mm_fault_error",
		"do_trap",
		"do_error_trap",
		"die",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (str_starts(function, prefixes[i]))
			return true;
	return false;
}

size_t title_first(const struct lab_event *event)
{
	size_t i;

	for (i = 0; i < event->n_frames; i++)
		if (event->frames[i].exact)
			return i;
	for (i = 0; i < event->n_frames; i++) {
		const struct lab_frame *f = &event->frames[i];

		if (f->module || (f->function && !f->guess && !is_machinery(f->function)))
			return i;
	}
	return 0;
}

static const struct lab_frame *innermost_kernel(const struct lab_event *event)
{
	for (size_t i = title_first(event); i < event->n_frames; i++)
		if (event->frames[i].function && !event->frames[i].guess)
			return &event->frames[i];
	return NULL;
}

/* The kernel function nearest to the module's own frame: what the module called. */
static const struct lab_frame *callee_of(const struct lab_event *event,
					 const struct lab_frame *own)
{
	for (size_t i = (size_t)(own - event->frames); i > 0; i--) {
		const struct lab_frame *f = &event->frames[i - 1];

		if (!f->function || f->guess || f->module)
			continue;
		return is_machinery(f->function) ? NULL : f;
	}
	return NULL;
}

static char *place_words(const struct lab_event *event)
{
	const struct lab_frame *own = title_frame(event), *callee;
	_cleanup_free_ char *place = NULL, *name = NULL, *call = NULL;

	if (!own) {
		own = innermost_kernel(event);
		place = own ? title_place(own) : NULL;
		return place ? xprintf(" in %s", place) : xstrdup("");
	}
	place = title_place(own);
	callee = callee_of(event, own);
	if (!callee)
		return xprintf(" in %s", place);
	name = source_name(callee->function);
	call = xprintf("%s()", name);
	if (strstr(event->title, call)) /* the words name it already */
		return xprintf(" in %s", place);
	return xprintf(" in %s, called from %s", name, place);
}

void title_finish(struct lab_event *event)
{
	_cleanup_free_ char *words = event->title;
	_cleanup_free_ char *place = place_words(event);

	event->title = xprintf("%s%s %s", words, place, title_phase(event->phase));
}
