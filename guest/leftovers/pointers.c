// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host finds the words, and says whether each lies in the kernel's own data or in an
 * object; what is found twice, with time for RCU between, is told. Names are slow to find
 * and therefore left to the end.
 */
#include <stdio.h>
#include <string.h>

#include "pointers.h"
#include "trace_module.h"
#include "trace_pending.h"

/* What is freed by a work item after a grace period after a work item has its time. */
enum { LOOKS = 4 };

struct find {
	struct proto_range ranges[PROTO_MAX_RANGES];
	const char *names[PROTO_MAX_RANGES];
	unsigned int n_ranges;
	struct proto_holder holders[PROTO_MAX_HOLDERS], again[PROTO_MAX_HOLDERS];
	unsigned int n;
};

static bool same(const struct proto_holder *a, const struct proto_holder *b)
{
	return a->at == b->at && a->range == b->range && a->offset == b->offset;
}

static void keep_found_again(struct find *f, unsigned int n_again)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < f->n; i++)
		for (unsigned int j = 0; j < n_again; j++)
			if (same(&f->holders[i], &f->again[j])) {
				f->holders[kept++] = f->holders[i];
				break;
			}
	f->n = kept;
}

/* What a module has allocated and not freed is told as such. */
static bool is_held_memory(const struct trace *t, uint64_t object)
{
	struct held held;

	return !bpf_map_get(t->memory, &object, &held);
}

static bool matters(const struct trace *t, const struct proto_holder *h)
{
	return !h->object || (!is_held_memory(t, h->object) &&
			      !trace_is_pending(t, h->object));
}

static unsigned int look(const struct trace *t, const struct find *f, pointers_ask_fn ask,
			 void *data, struct proto_holder *ret)
{
	unsigned int n = ask(data, f->ranges, f->n_ranges, ret), kept = 0;

	for (unsigned int i = 0; i < n; i++)
		if (ret[i].range < f->n_ranges && matters(t, &ret[i]))
			ret[kept++] = ret[i];
	return kept;
}

static bool same_thing(const struct proto_holder *a, const struct proto_holder *b)
{
	return (a->range == b->range && a->offset == b->offset) ||
	       (a->object && a->object == b->object);
}

/* Of several that point to the same thing, or out of one object, the first one is told,
 * and a variable of the kernel's rather than an object. */
static bool is_told(const struct find *f, unsigned int at)
{
	const struct proto_holder *h = &f->holders[at];

	for (unsigned int i = 0; i < f->n; i++) {
		const struct proto_holder *other = &f->holders[i];
		bool better = !other->object != !h->object ? !other->object : i < at;

		if (i != at && better && same_thing(other, h))
			return true;
	}
	return false;
}

static void tell(const struct find *f, const struct proto_holder *h, const char *holder,
		 leftover_fn report, void *data)
{
	struct leftover l = {
		.kind = "pointer",
		.address = h->at,
		.call_site = f->ranges[h->range].start + h->offset,
	};

	if (h->object)
		snprintf(l.what, sizeof(l.what), "%.55s an object of the cache %.27s",
			 f->names[h->range], h->cache);
	else
		snprintf(l.what, sizeof(l.what), "%.55s %.63s", f->names[h->range],
			 holder);
	report(data, &l);
}

static void tell_all(const struct find *f, leftover_fn report, void *data)
{
	static struct place places[PROTO_MAX_HOLDERS];

	memset(places, 0, sizeof(places));
	for (unsigned int i = 0; i < f->n; i++)
		places[i].address = f->holders[i].object ? 0 : f->holders[i].at;
	symbols_name_all(places, f->n);
	for (unsigned int i = 0; i < f->n; i++)
		if (!is_told(f, i))
			tell(f, &f->holders[i], places[i].name, report, data);
}

void pointers_collect(const struct trace *t, pointers_ask_fn ask, leftover_fn report,
		      void *data)
{
	static struct find f;

	f.n_ranges = trace_gone(t, f.ranges, f.names, PROTO_MAX_RANGES);
	if (!f.n_ranges)
		return;
	f.n = look(t, &f, ask, data, f.holders);
	for (int i = 1; i < LOOKS && f.n; i++) {
		trace_let_rcu_finish();
		keep_found_again(&f, look(t, &f, ask, data, f.again));
	}
	if (f.n)
		tell_all(&f, report, data);
}
