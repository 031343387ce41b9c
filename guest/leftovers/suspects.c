// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/cleanup.h"

#include "sites.h"
#include "trace_held.h"
#include "trace_module.h"
#include "trace_state.h"

void suspects_clear(struct suspects *s)
{
	s->n = s->n_known = 0;
	s->doubt = false;
}

void suspects_known(struct suspects *s, uint64_t site, const char *module)
{
	if (s->n_known == SUSPECTS_MAX)
		return;
	s->known[s->n_known].site = site;
	strcpy(s->known[s->n_known++].module, module);
}

static bool is_known(const struct suspects *s, uint64_t site, const char *module)
{
	for (unsigned int i = 0; i < s->n_known; i++)
		if (s->known[i].site == site && !strcmp(s->known[i].module, module))
			return true;
	return false;
}

/* ---- counting ---- */

/* Pages that are something else by now: of the slab allocator, of a process, of a file,
 * of page tables. Bits of /proc/kpageflags, Documentation/admin-guide/mm/pagemap.rst. */
static bool page_put_by(const struct trace *t, int flags, uint64_t page)
{
	enum {
		PAGE_STRUCT = 64,
		LRU = 5,
		SLAB = 7,
		BUDDY = 10,
		MMAP = 11,
		ANON = 12,
		PGTABLE = 26
	};
	const uint64_t mask = 1ULL << LRU | 1ULL << SLAB | 1ULL << BUDDY | 1ULL << MMAP |
			      1ULL << ANON | 1ULL << PGTABLE;
	uint64_t bits, pfn = (page - trace_cell(t, CELL_PAGE_STRUCTS)) / PAGE_STRUCT;

	return pread(flags, &bits, sizeof(bits), (off_t)(pfn * 8)) == sizeof(bits) &&
	       (bits & mask);
}

/* Of what has no place, the kernel's function stands for it. */
static struct suspect *find(struct suspects *s, const struct place *p,
			    const struct held *h)
{
	for (unsigned int i = 0; i < s->n; i++)
		if (s->v[i].kind == h->kind && s->v[i].place.offset == p->offset &&
		    s->v[i].place.region == p->region &&
		    !strcmp(s->v[i].place.module, p->module) &&
		    (h->kind != HELD_SEQ || s->v[i].through == h->through))
			return &s->v[i];
	return NULL;
}

typedef bool (*count_fn)(struct suspects *s, const struct place *p, const struct held *h,
			 uint64_t key);

static bool count_first(struct suspects *s, const struct place *p, const struct held *h,
			uint64_t key)
{
	struct suspect *v = find(s, p, h);

	if (is_known(s, h->site, p->module))
		return true;
	if (!v && s->n == SUSPECTS_MAX)
		return false;
	if (!v) {
		v = &s->v[s->n++];
		*v = (struct suspect){.place = *p,
				      .kind = h->kind,
				      .site = h->site,
				      .through = h->through,
				      .address = h->kind == HELD_PAGES ? 0 : key};
	}
	v->n++;
	v->now++;
	v->bytes += h->kind == HELD_PAGES ? 4096ULL << h->size : h->size;
	return true;
}

/* What the first life did not leave is none of its loss. */
static bool count_now(struct suspects *s, const struct place *p, const struct held *h,
		      uint64_t key)
{
	struct suspect *v = find(s, p, h);

	(void)key;
	if (!v)
		return true;
	v->now++;
	v->renewed |= h->born > s->born;
	return true;
}

static bool is_reference(uint64_t kind)
{
	return kind >= HELD_TASK && kind <= HELD_FILE;
}

static bool place_of(const struct trace *t, const struct held *h, struct place *ret)
{
	*ret = (struct place){.region = 0};
	return is_reference(h->kind) || h->kind == HELD_SEQ ||
	       trace_place(t, h->site, h->born, ret);
}

static bool is_suspect(const struct suspects *s, const struct held *h)
{
	return h->through || (s->doubt && h->kind <= HELD_VMALLOC);
}

struct counting {
	struct trace *t;
	count_fn fn;
	int flags; /* of pages; -1: they are none, or cannot be asked for */
	bool *partial;
};

static void count_one(void *data, uint64_t key, const struct held *h)
{
	const struct counting *c = data;
	struct place place;

	if (!h->site || !is_suspect(&c->t->suspects, h) || !place_of(c->t, h, &place) ||
	    (c->flags >= 0 && page_put_by(c->t, c->flags, key)))
		return;
	if (!c->fn(&c->t->suspects, &place, h, key))
		*c->partial = true;
}

static void count_map(struct trace *t, int map, count_fn fn, bool *partial)
{
	_cleanup_close_ int flags = -1;
	struct counting c = {t, fn, -1, partial};

	if (map == t->pages)
		c.flags = flags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	trace_each(map, count_one, &c);
}

/* In pages and names: of the file systems in memory that the guest has. */
static uint64_t stored(void)
{
	static const char *const places[] = {"/", "/tmp", "/dev/shm"};
	uint64_t sum = 0;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		struct statfs fs;

		if (!statfs(places[i], &fs))
			sum += fs.f_blocks - fs.f_bfree + fs.f_files - fs.f_ffree;
	}
	return sum;
}

unsigned int suspects_find(struct trace *t, bool *partial)
{
	struct suspects *s = &t->suspects;

	s->n = 0;
	count_map(t, t->memory, count_first, partial);
	count_map(t, t->pages, count_first, partial);
	s->born = trace_cell(t, CELL_BORN);
	s->files = stored();
	return s->n;
}

/* What was written is there still, and that is all that is known. */
static void judge(const struct trace *t, struct suspect *v, bool whole, bool written)
{
	bool more = v->now > v->before && !(v->files && written);

	if (more)
		v->grown++;
	else if (v->grown < GROWN)
		v->grown = 0;
	v->stood += !more && (whole || v->renewed || v->place.region == t->init_region);
}

void suspects_count(struct trace *t, bool whole, bool *partial)
{
	struct suspects *s = &t->suspects;
	uint64_t files = stored();

	for (unsigned int i = 0; i < s->n; i++) {
		s->v[i].before = s->v[i].now;
		s->v[i].now = 0;
		s->v[i].renewed = false;
	}
	count_map(t, t->memory, count_now, partial);
	count_map(t, t->pages, count_now, partial);
	for (unsigned int i = 0; i < s->n; i++)
		judge(t, &s->v[i], whole, files > s->files);
	s->files = files;
	s->born = trace_cell(t, CELL_BORN);
}

static void drop(struct suspects *s, unsigned int at)
{
	s->v[at] = s->v[--s->n];
}

/* Nothing of the kernel's keeps so many pages for a module; and further lives might take
 * all that there are. */
static bool is_plenty(const struct suspects *s, const struct suspect *v)
{
	enum { PLENTY = 4 << 20 };

	return v->kind == HELD_PAGES && v->bytes >= PLENTY + s->pages_unseen * 4096 &&
	       !v->stood;
}

bool suspects_open(const struct suspects *s)
{
	bool open = false;

	for (unsigned int i = 0; i < s->n; i++) {
		if (is_plenty(s, &s->v[i]))
			return false;
		open |= s->v[i].grown < GROWN && s->v[i].stood < STOOD;
	}
	return open;
}

/* ---- naming ---- */

static bool starts_with(const char *name, const char *const starts[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strncmp(name, starts[i], strlen(starts[i])))
			return true;
	return false;
}

/* Hands on what the allocator gives to it. */
static bool is_kvmalloc(const char *name)
{
	static const char *const starts[] = {"kvmalloc", "__kvmalloc"};

	return starts_with(name, starts, sizeof(starts) / sizeof(*starts));
}

static bool is_of_files(const char *name)
{
	static const char *const starts[] = {"filp_open", "file_open", "kernel_write",
					     "__kernel_write", "vfs_"};

	return starts_with(name, starts, sizeof(starts) / sizeof(*starts));
}

/* What they make belongs to the caller alone, or to its file, which is closed by now:
 * nobody else knows of it. */
static bool gives_to_caller(const char *name)
{
	static const char *const names[] = {"kasprintf", "kvasprintf", "kvasprintf_const",
					    "seq_open", "single_open"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return is_kvmalloc(name);
}

/* What gives or takes memory itself takes none for its caller, whom the tracepoint would
 * name: it fills its own stores. What came between is not of the module's doing. */
static bool is_allocator(const char *name, uint64_t kind)
{
	static const char *const starts[] = {"asm_",	  "schedule",	"kfree",
					     "kvfree",	  "vfree",	"kmalloc",
					     "__kmalloc", "kmem_cache_"};

	if (is_kvmalloc(name))
		return kind == HELD_PAGES;
	return starts_with(name, starts, sizeof(starts) / sizeof(*starts)) &&
	       strncmp(name, "kmem_cache_create", 17) != 0;
}

/* single_open() calls seq_open(): who keeps what the one made, keeps the other's as well.
 */
static void merge_opens(struct suspects *s)
{
	bool single = false;

	for (unsigned int i = 0; i < s->n; i++)
		single |=
			s->v[i].kind == HELD_SEQ && !strcmp(s->v[i].name, "single_open");
	for (unsigned int i = s->n; single && i-- > 0;)
		if (s->v[i].kind == HELD_SEQ && !strcmp(s->v[i].name, "seq_open"))
			drop(s, i);
}

void suspects_ask(struct trace *t)
{
	static struct naming names[SUSPECTS_MAX];
	struct suspects *s = &t->suspects;

	memset(names, 0, sizeof(names));
	for (unsigned int i = 0; i < s->n; i++)
		names[i].address = s->v[i].through;
	symbols_name_all(names, s->n);
	for (unsigned int i = s->n; i-- > 0;) {
		struct suspect *v = &s->v[i];

		if (is_reference(v->kind) || !v->through || v->through >= t->modules_from)
			continue;
		strcpy(v->name, names[i].name);
		v->certain = gives_to_caller(v->name) && sites_certain(v->n, s->unseen);
		v->files = is_of_files(v->name);
		if (is_allocator(v->name, v->kind))
			drop(s, i);
	}
	merge_opens(s);
}

static void describe_reference(const struct suspect *v, struct leftover *l)
{
	static const char *const things[] = {[HELD_TASK] = "task",
					     [HELD_PID] = "pid",
					     [HELD_MM] = "mm",
					     [HELD_CRED] = "cred",
					     [HELD_FILE] = "file"};

	*l = (struct leftover){.address = v->address};
	snprintf(l->kind, sizeof(l->kind), "%s", things[v->kind]);
	snprintf(l->what, sizeof(l->what), "a reference");
}

static void describe_memory(const struct suspect *v, struct leftover *l)
{
	size_t used;

	*l = (struct leftover){.address = v->address,
			       .call_site = v->kind == HELD_SEQ ? 0 : v->site};
	strcpy(l->module, v->place.module);
	trace_describe(v->kind, v->n, v->bytes, l);
	used = strlen(l->what);
	if (v->name[0])
		snprintf(l->what + used, sizeof(l->what) - used, " through %s()",
			 v->name);
}

void suspects_report(struct suspects *s, enum suspects_which which, leftover_fn report,
		     void *data)
{
	struct leftover l;

	for (unsigned int i = s->n; i-- > 0;) {
		struct suspect *v = &s->v[i];

		if ((which == SUSPECTS_CERTAIN && !v->certain) ||
		    (which == SUSPECTS_GROWN && v->grown < GROWN && !is_plenty(s, v)) ||
		    (which == SUSPECTS_OPEN &&
		     (is_reference(v->kind) || v->stood >= STOOD)))
			continue;
		if (is_reference(v->kind))
			describe_reference(v, &l);
		else
			describe_memory(v, &l);
		if (which == SUSPECTS_OPEN)
			snprintf(l.kind, sizeof(l.kind), "held");
		report(data, &l);
		drop(s, i);
	}
}
