// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host finds the words, and says whether each lies in the kernel's own data or in an
 * object; what is found twice, with time for RCU between, is told. Names are slow to find
 * and therefore left to the end.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pointers.h"
#include "trace_module.h"
#include "trace_pending.h"

/* What is freed by a work item after a grace period after a work item has its time. */
enum { LOOKS = 4, LAST_WAIT_US = 200000 };

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

	return !bpf_map_get(t->memory, &object, &held) && held.site &&
	       (!held.through || held.kind == HELD_SEQ);
}

static bool matters(const struct trace *t, const struct proto_holder *h)
{
	return !h->object ||
	       (!is_held_memory(t, h->object) && !trace_is_pending(t, h->object));
}

static unsigned int take_answer(const struct trace *t, const struct find *f,
				const struct leftover_host *host,
				struct proto_holder *ret)
{
	unsigned int n = host->answer(host->data, ret), kept = 0;

	for (unsigned int i = 0; i < n; i++)
		if (ret[i].range < f->n_ranges && matters(t, &ret[i]))
			ret[kept++] = ret[i];
	return kept;
}

/* Of several that point to the same thing the first one is told, and a variable of the
 * kernel's rather than an object. */
static bool is_told(const struct find *f, unsigned int at)
{
	const struct proto_holder *h = &f->holders[at];

	for (unsigned int i = 0; i < f->n; i++) {
		const struct proto_holder *other = &f->holders[i];
		bool better = !other->object != !h->object ? !other->object : i < at;

		if (i != at && better && other->range == h->range &&
		    other->offset == h->offset)
			return true;
	}
	return false;
}

/* Of an object it helps to know which variable of the kernel's leads to it. */
static void find_homes(const struct find *f, const struct leftover_host *host,
		       struct naming *places)
{
	static struct proto_range objects[PROTO_MAX_HOLDERS];
	static struct proto_holder homes[PROTO_MAX_HOLDERS];
	unsigned int n;

	for (unsigned int i = 0; i < f->n; i++)
		objects[i] =
			(struct proto_range){f->holders[i].object, f->holders[i].size};
	host->ask(host->data, objects, f->n);
	n = host->answer(host->data, homes);
	for (unsigned int i = 0; i < n; i++)
		if (!homes[i].object && homes[i].range < f->n)
			places[homes[i].range].address = homes[i].at;
}

static void tell(const struct find *f, const struct proto_holder *h, const char *symbol,
		 leftover_fn report, void *data)
{
	const char *module = f->names[h->range];
	struct leftover l = {
		.kind = "pointer",
		.address = h->object ? h->object : h->at,
		.call_site = f->ranges[h->range].start + h->offset,
	};

	if (h->object)
		snprintf(l.what, sizeof(l.what),
			 "%.55s an object of the cache %.23s%s%.63s%s", module, h->cache,
			 symbol[0] ? ", in '" : "", symbol, symbol[0] ? "'," : "");
	else
		snprintf(l.what, sizeof(l.what), "%.55s %.63s", module, symbol);
	report(data, &l);
}

static void tell_all(const struct find *f, const struct leftover_host *host,
		     leftover_fn report, void *data)
{
	static struct naming places[PROTO_MAX_HOLDERS];
	bool objects = false;

	memset(places, 0, sizeof(places));
	for (unsigned int i = 0; i < f->n; i++) {
		places[i].address = f->holders[i].object ? 0 : f->holders[i].at;
		objects |= f->holders[i].object != 0;
	}
	if (objects)
		find_homes(f, host, places);
	symbols_name_all(places, f->n);
	for (unsigned int i = 0; i < f->n; i++)
		if (!is_told(f, i))
			tell(f, &f->holders[i], places[i].name, report, data);
}

static struct find find;

void pointers_begin(const struct trace *t, const struct leftover_host *host)
{
	find.n_ranges = trace_gone(t, find.ranges, find.names, PROTO_MAX_RANGES);
	if (find.n_ranges)
		host->ask(host->data, find.ranges, find.n_ranges);
}

void pointers_end(struct trace *t, const struct leftover_host *host, leftover_fn report,
		  void *data)
{
	struct find *f = &find;

	if (!f->n_ranges)
		return;
	f->n = take_answer(t, f, host, f->holders);
	for (int i = 1; i < LOOKS && f->n; i++) {
		if (i == LOOKS - 1)
			usleep(LAST_WAIT_US);
		trace_let_rcu_finish(t);
		host->ask(host->data, f->ranges, f->n_ranges);
		keep_found_again(f, take_answer(t, f, host, f->again));
	}
	if (f->n)
		tell_all(f, host, report, data);
}
