// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pointers of the kernel into a module that is gone: what was registered and not taken
 * back, of whatever kind. A thing is told once: what another part of the search has found
 * of the module most likely explains the pointers as well.
 */
#include <string.h>

#include "judge_parts.h"
#include "title.h"

/* One of them, and what is made of it. */
struct pointer {
	const struct lab_leftover *l;
	char *module;
	const char *holder;  /* in l->what */
	struct lab_event at; /* one frame: where it points to */
	bool named;	     /* its symbol is known */
	bool told;	     /* by another one, or of another kind */
};

static void pointer_deinit(struct pointer *p)
{
	free(p->module);
	lab_event_deinit(&p->at);
}

/* "MODULE HOLDER" */
static bool read_pointer(struct judge *j, const struct lab_leftover *l,
			 struct pointer *ret)
{
	const char *blank = l->what ? strchr(l->what, ' ') : NULL;
	struct lab_frame raw = {.offset = l->call_site, .exact = true};

	*ret = (struct pointer){.l = l};
	if (!blank || !blank[1])
		return false;
	ret->module = xstrndup(l->what, (size_t)(blank - l->what));
	raw.module = xstrdup(ret->module);
	ret->holder = blank + 1;
	lab_event_add_frame(&ret->at, &raw);
	symbolizer_event(j->symbols, &ret->at);
	ret->named = ret->at.n_frames && ret->at.frames[0].function;
	return true;
}

/* ---- what is told already ---- */

/* What is no way for the kernel to find the module: it explains no pointer. */
static bool leads_nowhere(const char *kind)
{
	static const char *const kinds[] = {"memory", "vmalloc", "percpu",  "pages",
					    "timer",  "work",	 "hrtimer", "held",
					    "task",   "pid",	 "file"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kinds[i], kind))
			return true;
	return false;
}

static bool is_pointer(const struct lab_leftover *l)
{
	return l->kind && !strcmp(l->kind, "pointer");
}

/* Names in /proc, /sys and /dev are nobody's in particular. */
static bool may_be_of(struct judge *j, const struct lab_leftover *l, const char *module)
{
	const struct lab_section *owner =
		l->call_site ? symbolizer_owner(j->symbols, l->call_site, l->module)
			     : NULL;

	return !owner || !strcmp(owner->module, module);
}

static bool is_explained(struct judge *j, const struct pointer *p)
{
	unsigned long long value = p->l->call_site;

	for (size_t i = 0; i < j->report->n_leftovers; i++) {
		const struct lab_leftover *l = &j->report->leftovers[i];

		if (!l->kind || is_pointer(l))
			continue;
		if (l->address == value || l->call_site == value ||
		    (!leads_nowhere(l->kind) && may_be_of(j, l, p->module)))
			return true;
	}
	return false;
}

/* Two that lead to one symbol, or out of one object, or from one holder to where no
 * symbol is known. */
static bool same_thing(const struct pointer *a, const struct pointer *b)
{
	if (strcmp(a->module, b->module))
		return false;
	if (a->l->address == b->l->address)
		return true;
	if (a->named && b->named)
		return !strcmp(a->at.frames[0].function, b->at.frames[0].function);
	return !strcmp(a->holder, b->holder);
}

static bool is_better(const struct pointer *all, size_t a, size_t b)
{
	return all[a].named != all[b].named ? all[a].named : a < b;
}

static bool is_told(const struct pointer *all, size_t n, size_t at)
{
	for (size_t i = 0; i < n; i++)
		if (i != at && same_thing(&all[i], &all[at]) && is_better(all, i, at))
			return true;
	return false;
}

/* ---- the event ---- */

/* "'die_chain'", "an object of the cache kmalloc-128" */
static char *holder_words(const struct pointer *p)
{
	return strchr(p->holder, ' ') ? xstrdup(p->holder) : xprintf("'%s'", p->holder);
}

/* "to 'block' of hello", "to notified (hello.c:7) of hello", "into hello" */
static char *target_words(const struct pointer *p)
{
	const struct lab_frame *f = p->at.frames;
	_cleanup_free_ char *place = NULL;

	if (!p->named)
		return xprintf("into %s", p->module);
	place = f->file ? title_place(f) : xprintf("'%s'", f->function);
	return xprintf("to %s of %s", place, p->module);
}

static void add_event(struct judge *j, struct pointer *p)
{
	_cleanup_free_ char *holder = holder_words(p), *target = target_words(p);
	struct lab_event event =
		judge_event(LAB_LEAK, LAB_PHASE_LEAK, "pointer",
			    "%s still points %s, which is unloaded", holder, target);

	strv_printf(&event.detail, "0x%llx at 0x%llx in %s", p->l->call_site,
		    p->l->address, p->holder);
	judge_about(&event, p->module);
	/* Of data there is no line. */
	if (p->named && p->at.frames[0].file)
		lab_event_take_frames(&event, &p->at);
	judge_add(j, &event);
}

/* Where the kernel crashed or hangs, nobody knows what was cleaned up. */
static bool is_damaged(const struct judge *j)
{
	return j->result->outcome >= LAB_HUNG;
}

void judge_pointers(struct judge *j)
{
	const struct lab_guest_report *r = j->report;
	struct pointer *all = xcalloc(r->n_leftovers + 1, sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < r->n_leftovers && !is_damaged(j); i++) {
		struct pointer p;

		if (!is_pointer(&r->leftovers[i]))
			continue;
		if (read_pointer(j, &r->leftovers[i], &p) && judge_is_ours(j, p.module) &&
		    judge_unloaded(j, p.module))
			all[n++] = p;
		else
			pointer_deinit(&p);
	}
	for (size_t i = 0; i < n; i++)
		all[i].told = is_told(all, n, i) || is_explained(j, &all[i]);
	for (size_t i = 0; i < n; i++)
		if (!all[i].told)
			add_event(j, &all[i]);
	for (size_t i = 0; i < n; i++)
		pointer_deinit(&all[i]);
	free(all);
}
