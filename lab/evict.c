// SPDX-License-Identifier: GPL-2.0-only
/* What the cache holds and what may go; see evict.h. */
#include <string.h>
#include <sys/stat.h>

#include "fs.h"

#include "cache.h"
#include "evict.h"

void lab_entries_add(struct lab *lab, const char *kind, struct lab_entries *all)
{
	_cleanup_free_ char *dir = lab_cache_path(lab, kind, NULL);
	_cleanup_strv_ struct strv ids = STRV_INIT;

	fs_list(dir, false, &ids);
	for (size_t i = 0; i < ids.n; i++) {
		_cleanup_free_ char *path = lab_cache_path(lab, kind, ids.v[i]);
		struct stat st;

		if (stat(path, &st) < 0)
			continue; /* another kmlab has just removed it */
		all->v = xreallocarray(all->v, all->n + 1, sizeof(*all->v));
		all->v[all->n] = (struct lab_entry){xstrdup(kind), xstrdup(ids.v[i]),
						    fs_tree_size(path), st.st_mtime};
		all->size += all->v[all->n++].size;
	}
}

static int by_use(const void *a, const void *b)
{
	time_t x = ((const struct lab_entry *)a)->used;
	time_t y = ((const struct lab_entry *)b)->used;

	return (x > y) - (x < y);
}

static void entry_deinit(struct lab_entry *e)
{
	free(e->kind);
	free(e->id);
}

void lab_entries_evictable(struct lab_entries *all, unsigned int days, uint64_t max_bytes)
{
	time_t limit = time(NULL) - (time_t)days * 86400;
	uint64_t left = all->size;
	size_t n = 0;

	if (all->n)
		qsort(all->v, all->n, sizeof(*all->v), by_use);
	for (size_t i = 0; i < all->n; i++) {
		if (all->v[i].used < limit || left > max_bytes) {
			left -= all->v[i].size;
			all->v[n++] = all->v[i];
		} else {
			entry_deinit(&all->v[i]);
		}
	}
	all->n = n;
	all->size -= left;
}

void lab_entries_deinit(struct lab_entries *all)
{
	for (size_t i = 0; i < all->n; i++)
		entry_deinit(&all->v[i]);
	free(all->v);
	memset(all, 0, sizeof(*all));
}

int lab_evict(struct lab *lab, const char *kind, unsigned int days, uint64_t max_bytes)
{
	_cleanup_lab_entries_ struct lab_entries all = {0};
	int err = 0;

	lab_entries_add(lab, kind, &all);
	lab_entries_evictable(&all, days, max_bytes);
	for (size_t i = 0; i < all.n && !err; i++)
		err = lab_cache_remove(lab, kind, all.v[i].id);
	return err;
}
