// SPDX-License-Identifier: GPL-2.0-only
/* What the module left behind. Memory is summed up by the place that allocated it. */
#include <stdio.h>
#include <string.h>

#include "fs.h"
#include "judge_parts.h"
#include "release.h"
#include "title.h"

static bool is_memory(const struct lab_leftover *l)
{
	return !strcmp(l->kind, "memory") || !strcmp(l->kind, "vmalloc") ||
	       !strcmp(l->kind, "percpu") || !strcmp(l->kind, "pages");
}

/* The guest sums up what one place allocated: "640000 bytes in 10000 allocations". */
static size_t allocations(const struct lab_leftover *l)
{
	unsigned long long bytes;
	size_t n;

	if (l->what && sscanf(l->what, "%llu bytes in %zu allocations", &bytes, &n) == 2)
		return n;
	return 1;
}

/* Most things are known by the return address of the call that made them; some by the
 * function that they run or call, and then this says how. NULL: not so. */
static const char *verb_for_function(const char *kind)
{
	static const char *const verbs[][2] = {
		{"timer", "it runs"},	     {"work", "it runs"},
		{"notifier", "it calls"},    {"nfhook", "it calls"},
		{"packet", "it calls"},	     {"binfmt", "it calls"},
		{"stop", "its function is"},
	};

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(verbs[i][0], kind))
			return verbs[i][1];
	return NULL;
}

/* ", made in f (hello.c:30)"; the frames go to the event. */
static char *made_where(struct judge *j, const struct lab_leftover *l, const char *verb,
			struct lab_event *event)
{
	const char *function = verb_for_function(l->kind);
	struct lab_frame raw = {.module = xstrdup(l->module),
				.offset = l->call_site,
				.exact = function != NULL};
	const struct lab_frame *frame;
	_cleanup_free_ char *place = NULL;

	if (!l->call_site || !symbolizer_owner(j->symbols, l->call_site, l->module)) {
		lab_frame_deinit(&raw);
		return xstrdup("");
	}
	lab_event_add_frame(event, &raw);
	symbolizer_event(j->symbols, event);
	frame = title_frame(event);
	if (!frame || (!frame->function && !frame->file))
		return xstrdup("");
	place = title_place(frame);
	return xprintf(", %s %s", function ? function : verb, place);
}

static const char *words_for(const char *kind)
{
	static const char *const words[][2] = {
		{"proc", "proc entry"},
		{"sysfs", "sysfs entry"},
		{"dev", "device node"},
		{"chrdev", "character device number"},
		{"blkdev", "block device number"},
		{"irq", "interrupt handler"},
		{"kthread", "kernel thread"},
		{"timer", "timer"},
		{"work", "work item"},
		{"module", "module"},
		{"kprobe", "kprobe"},
		{"debugfs", "debugfs entry"},
		{"workqueue", "work queue"},
		{"slab", "slab cache"},
		{"class", "device class"},
		{"netdev", "network device"},
		{"filesystem", "file system"},
		{"region", "I/O region"},
		{"hrtimer", "timer"},
		{"process", "process"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(words[i][0], kind))
			return words[i][1];
	return kind;
}

/* By the code that made it; a module itself has its name in /sys. */
static void name_owner(struct judge *j, const struct lab_leftover *l,
		       struct lab_event *event)
{
	const struct lab_section *owner = NULL;

	if (l->call_site)
		owner = symbolizer_owner(j->symbols, l->call_site, l->module);
	if (owner)
		judge_about(event, owner->module);
	else if (!strcmp(l->kind, "module") && l->what)
		judge_about(event, fs_basename(l->what));
}

static void judge_one(struct judge *j, const struct lab_leftover *l)
{
	_cleanup_free_ char *where = NULL;
	struct lab_event event = judge_event(LAB_LEAK, LAB_PHASE_LEAK, l->kind, "%s", "");

	where = made_where(j, l, "made in", &event);
	free(event.title);
	event.title = xprintf("%s '%s' left behind%s", words_for(l->kind),
			      l->what ? l->what : "?", where);
	name_owner(j, l, &event);
	judge_add(j, &event);
}

static bool same_place(const struct lab_leftover *a, const struct lab_leftover *b)
{
	return !strcmp(a->kind, b->kind) && a->call_site == b->call_site &&
	       !strcmp(a->module ? a->module : "", b->module ? b->module : "");
}

static void add_detail(struct lab_event *event, const struct lab_leftover *l)
{
	const char *what = l->what ? l->what : l->kind;

	if (l->address)
		strv_printf(&event->detail, "%s at 0x%llx", what, l->address);
	else
		strv_add(&event->detail, what);
}

/* Sums up all leftovers that like @first are memory from the same place. */
static void judge_memory(struct judge *j, size_t first)
{
	const struct lab_leftover *v = j->report->leftovers, *l = &v[first];
	_cleanup_free_ char *where = NULL, *size = NULL, *through = release_through(l);
	struct lab_event event = judge_event(LAB_LEAK, LAB_PHASE_LEAK, l->kind, "%s", "");
	unsigned long long bytes = 0;
	size_t count = 0;

	for (size_t i = first; i < j->report->n_leftovers; i++) {
		if (!same_place(&v[i], l))
			continue;
		bytes += v[i].size;
		count += allocations(&v[i]);
		add_detail(&event, &v[i]);
	}
	where = made_where(j, l, "allocated in", &event);
	size = bytes ? xprintf(" (%llu byte%s)", bytes, bytes == 1 ? "" : "s")
		     : xstrdup("");
	free(event.title);
	event.title = xprintf("%zu allocation%s%s never freed%s%s", count,
			      count == 1 ? "" : "s", size, where, through);
	event.hint = release_hint(l);
	name_owner(j, l, &event);
	judge_add(j, &event);
}

/* Held by what has no name and no place: of these nothing is known but that they are
 * there. */
static const struct reference {
	const char *kind, *title, *hint;
} references[] = {
	{"task", "a task has ended, but something still has a reference to it",
	 "each get_task_struct() needs its put_task_struct()"},
	{"pid", "a process has ended, but something still has a reference to its pid",
	 "each get_pid(), find_get_pid() or get_task_pid() needs its put_pid()"},
	{"mm", "a process has ended, but something still has a reference to its memory",
	 "each mmget() or get_task_mm() needs its mmput(), each mmgrab() its mmdrop()"},
	{"cred",
	 "a process has ended, but something still has a reference to its credentials",
	 "each get_cred(), get_current_cred() or prepare_creds() needs its put_cred()"},
	{"file",
	 "a file that the command opened was never closed: something still has a "
	 "reference to it",
	 "each fget() or get_file() needs its fput()"},
};

static const struct reference *find_reference(const char *kind)
{
	for (size_t i = 0; i < sizeof(references) / sizeof(*references); i++)
		if (!strcmp(references[i].kind, kind))
			return &references[i];
	return NULL;
}

static bool is_left_behind(struct judge *j, const char *kind)
{
	for (size_t i = 0; i < j->report->n_leftovers; i++)
		if (j->report->leftovers[i].kind &&
		    !strcmp(j->report->leftovers[i].kind, kind))
			return true;
	return false;
}

/* The memory of a process has its program and what else is mapped. */
static void judge_reference(struct judge *j, const struct reference *r)
{
	struct lab_event event =
		judge_event(LAB_LEAK, LAB_PHASE_LEAK, r->kind, "%s", r->title);

	if (!strcmp(r->kind, "file") && is_left_behind(j, "mm")) {
		lab_event_deinit(&event);
		return;
	}
	event.hint = xstrdup(r->hint);
	judge_add(j, &event);
}

/* Nobody could try whether it grows. */
static void note_held(struct judge *j, const struct lab_leftover *l)
{
	struct lab_event event = judge_event(LAB_LEAK, LAB_PHASE_LEAK, l->kind, "%s", "");
	_cleanup_free_ char *where = made_where(j, l, "allocated in", &event);

	strv_printf(
		&j->result->notes,
		"%s may not be freed%s: the kernel took it for the module, and whether "
		"it is lost is known only when a run without other findings, without "
		"a terminal and with a short command ends the same way several times",
		l->what ? l->what : "memory", where);
	lab_event_deinit(&event);
}

/* What the kernel did then was chance, and may have been right this time. */
static void judge_stop(struct judge *j, const struct lab_leftover *l)
{
	bool ended = l->what && !strcmp(l->what, "ended");
	struct lab_event event =
		judge_event(LAB_WARNING, LAB_PHASE_LEAK, "thread-gone", "%s", "");
	_cleanup_free_ char *where = made_where(j, l, NULL, &event);

	free(event.title);
	event.title = xprintf("kthread_stop() of a thread that %s%s",
			      ended ? "has already ended"
				    : "ends without asking kthread_should_stop()",
			      where);
	name_owner(j, l, &event);
	judge_add(j, &event);
}

static bool is_first(struct judge *j, size_t at)
{
	const struct lab_leftover *v = j->report->leftovers;

	for (size_t i = 0; i < at; i++)
		if (same_place(&v[i], &v[at]))
			return false;
	return true;
}

/* Where a module stayed, only what is known to be of another one was left behind. */
static bool is_left(struct judge *j, const struct lab_leftover *l)
{
	const struct lab_section *owner = NULL;

	if (!judge_not_unloaded(j))
		return true;
	if (l->call_site)
		owner = symbolizer_owner(j->symbols, l->call_site, l->module);
	return owner && judge_unloaded(j, owner->module);
}

static void note_stayed(struct judge *j)
{
	strv_printf(
		&j->result->notes,
		"'%s' was not unloaded: what it, and others with it, still have is no "
		"leak",
		judge_not_unloaded(j));
}

/* When its load or unload went wrong, a module that is still there is no further
 * finding. */
void judge_leftovers(struct judge *j)
{
	bool unfinished =
		j->result->outcome >= LAB_UNLOAD_ERROR || j->report->unload_failed;
	bool stayed = false;

	for (size_t i = 0; i < j->report->n_leftovers; i++) {
		const struct lab_leftover *l = &j->report->leftovers[i];

		if (!l->kind || !strcmp(l->kind, "pointer") ||
		    (unfinished && !strcmp(l->kind, "module")))
			continue;
		if (!is_left(j, l)) {
			stayed = true;
			continue;
		}
		if (!strcmp(l->kind, "stop"))
			judge_stop(j, l);
		else if (!strcmp(l->kind, "held"))
			note_held(j, l);
		else if (find_reference(l->kind))
			judge_reference(j, find_reference(l->kind));
		else if (!is_memory(l))
			judge_one(j, l);
		else if (is_first(j, i))
			judge_memory(j, i);
	}
	judge_pointers(j);
	if (stayed)
		note_stayed(j);
}
