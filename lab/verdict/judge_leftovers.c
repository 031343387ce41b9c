// SPDX-License-Identifier: GPL-2.0-only
/* What the module left behind. Memory is summed up by the place that allocated it. */
#include <stdio.h>
#include <string.h>

#include "fs.h"
#include "judge_parts.h"
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
		{"timer", "it runs"},	{"work", "it runs"},	{"notifier", "it calls"},
		{"nfhook", "it calls"}, {"packet", "it calls"}, {"binfmt", "it calls"},
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
	struct lab_frame raw = {.offset = l->call_site, .exact = function != NULL};
	const struct lab_frame *frame;
	_cleanup_free_ char *place = NULL;

	if (!l->call_site || !symbolizer_owner(j->symbols, l->call_site))
		return xstrdup("");
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
		{"proc", "proc entry"},	      {"sysfs", "sysfs entry"},
		{"dev", "device node"},	      {"chrdev", "character device number"},
		{"irq", "interrupt handler"}, {"kthread", "kernel thread"},
		{"timer", "timer"},	      {"work", "work item"},
		{"module", "module"},	      {"kprobe", "kprobe"},
		{"debugfs", "debugfs entry"}, {"workqueue", "work queue"},
		{"slab", "slab cache"},	      {"class", "device class"},
		{"netdev", "network device"}, {"filesystem", "file system"},
		{"region", "I/O region"},     {"hrtimer", "timer"},
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
		owner = symbolizer_owner(j->symbols, l->call_site);
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

/* Sums up all leftovers that like @first are memory from the same place. */
static void judge_memory(struct judge *j, size_t first)
{
	const struct lab_leftover *v = j->report->leftovers, *l = &v[first];
	_cleanup_free_ char *where = NULL;
	struct lab_event event = judge_event(LAB_LEAK, LAB_PHASE_LEAK, l->kind, "%s", "");
	unsigned long long bytes = 0;
	size_t count = 0;

	for (size_t i = first; i < j->report->n_leftovers; i++) {
		if (strcmp(v[i].kind, l->kind) || v[i].call_site != l->call_site)
			continue;
		bytes += v[i].size;
		count += allocations(&v[i]);
		strv_printf(&event.detail, "%s at 0x%llx",
			    v[i].what ? v[i].what : v[i].kind, v[i].address);
	}
	where = made_where(j, l, "allocated in", &event);
	free(event.title);
	event.title = xprintf("%zu allocation%s (%llu bytes) never freed%s", count,
			      count == 1 ? "" : "s", bytes, where);
	name_owner(j, l, &event);
	judge_add(j, &event);
}

static bool is_first(struct judge *j, size_t at)
{
	const struct lab_leftover *v = j->report->leftovers;

	for (size_t i = 0; i < at; i++)
		if (!strcmp(v[i].kind, v[at].kind) && v[i].call_site == v[at].call_site)
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
		owner = symbolizer_owner(j->symbols, l->call_site);
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
		if (!is_memory(l))
			judge_one(j, l);
		else if (is_first(j, i))
			judge_memory(j, i);
	}
	judge_pointers(j);
	if (stayed)
		note_stayed(j);
}
