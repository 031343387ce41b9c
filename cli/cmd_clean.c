// SPDX-License-Identifier: GPL-2.0-only
/* kmlab clean: free the cache by policy. */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cache.h"
#include "fs.h"
#include "kernel/kernel.h"
#include "verdict/history.h"

#include "ui.h"

#define DEFAULT_DAYS	 14
#define DEFAULT_MAX_SIZE (20ULL << 30)

/* What can be made again from what stays: oldest use goes first. */
static const char *const derived[] = {"builds", "templates"};

struct entry {
	const char *kind;
	char *id;
	uint64_t size;
	time_t used;
};

struct entries {
	struct entry *v;
	size_t n;
	uint64_t size;
};

struct tally {
	struct cli *cli;
	uint64_t freed;
	size_t removed;
};

static void add_kind(struct cli *cli, struct entries *all, const char *kind)
{
	_cleanup_free_ char *dir = lab_cache_path(&cli->lab, kind, NULL);
	_cleanup_strv_ struct strv ids = STRV_INIT;

	fs_list(dir, false, &ids);
	for (size_t i = 0; i < ids.n; i++) {
		_cleanup_free_ char *path = lab_cache_path(&cli->lab, kind, ids.v[i]);
		struct entry e = {kind, xstrdup(ids.v[i]), fs_tree_size(path), 0};
		struct stat st;

		if (stat(path, &st) == 0)
			e.used = st.st_mtime;
		all->v = xreallocarray(all->v, all->n + 1, sizeof(*all->v));
		all->v[all->n++] = e;
		all->size += e.size;
	}
}

static int by_use(const void *a, const void *b)
{
	time_t x = ((const struct entry *)a)->used, y = ((const struct entry *)b)->used;

	return (x > y) - (x < y);
}

static int drop(struct tally *tally, const struct entry *e)
{
	struct cli *cli = tally->cli;
	char size[16];
	int err = 0;

	printf("%s %s/%s (%s)\n", cli->opt.dry_run ? "would remove" : "removing", e->kind,
	       e->id, ui_size(size, e->size));
	if (!cli->opt.dry_run)
		err = lab_cache_remove(&cli->lab, e->kind, e->id);
	if (!err) {
		tally->freed += e->size;
		tally->removed++;
	}
	return err;
}

/* Too old, or the oldest while the whole is too big. */
static int drop_by_policy(struct tally *tally, struct entries *all, uint64_t max)
{
	unsigned int days = tally->cli->opt.older_days ?: DEFAULT_DAYS;
	time_t limit = time(NULL) - (time_t)days * 86400;
	uint64_t size = all->size;
	int err = 0;

	qsort(all->v, all->n, sizeof(*all->v), by_use);
	for (size_t i = 0; i < all->n && !err; i++) {
		struct entry *e = &all->v[i];

		if (!tally->cli->opt.all && e->used >= limit && size <= max)
			continue;
		err = drop(tally, e);
		size -= e->size;
	}
	return err;
}

static int parse_size(const char *word, uint64_t *ret)
{
	double value;
	char unit = 'B';
	int n = sscanf(word, "%lf%c", &value, &unit);
	const char *units = "BKMGT", *u = strchr(units, unit);

	if (n < 1 || value < 0 || !u || !unit)
		return -EINVAL;
	for (; u > units; u--)
		value *= 1024;
	*ret = (uint64_t)value;
	return 0;
}

static int drop_kernels(struct tally *tally)
{
	struct entries all = {0};
	int err = 0;

	add_kind(tally->cli, &all, "kernels");
	add_kind(tally->cli, &all, "roots");
	add_kind(tally->cli, &all, "apt");
	for (size_t i = 0; i < all.n; i++) {
		err = err ? err : drop(tally, &all.v[i]);
		free(all.v[i].id);
	}
	free(all.v);
	return err;
}

static int run_clean(struct cli *cli)
{
	struct tally tally = {.cli = cli};
	struct entries all = {0};
	uint64_t max = DEFAULT_MAX_SIZE;
	char size[16];
	int err;

	if (cli->opt.max_size && parse_size(cli->opt.max_size, &max))
		return ui_usage(cli, "'%s' is no size; write for example --max-size 5G",
				cli->opt.max_size);
	err = cli->opt.dry_run ? 0 : lab_cache_sweep(&cli->lab);
	for (size_t i = 0; i < 2; i++)
		add_kind(cli, &all, derived[i]);
	if (!err)
		err = drop_by_policy(&tally, &all, max);
	if (!err && cli->opt.all)
		err = drop_kernels(&tally);
	if (!err && !cli->opt.dry_run)
		err = lab_history_trim(&cli->lab, 365);
	for (size_t i = 0; i < all.n; i++)
		free(all.v[i].id);
	free(all.v);
	if (err)
		return ui_failed(cli, err);
	printf("%s %zu entries, %s\n", cli->opt.dry_run ? "would free" : "freed",
	       tally.removed, ui_size(size, tally.freed));
	return EXIT_OK;
}

static const struct opt opts[] = {
	OPT(OPT_NUMBER, "older", 0, older_days, "DAYS",
	    "what was not used for so long (14)"),
	OPT(OPT_STRING, "max-size", 0, max_size, "SIZE",
	    "then the oldest until builds and templates fit (20G)"),
	OPT(OPT_FLAG, "all", 0, all, NULL,
	    "everything, kernels and build roots included"),
	OPT(OPT_FLAG, "dry-run", 'n', dry_run, NULL, "only say what would go"),
	{0},
};

const struct cmd cmd_clean = {
	.name = "clean",
	.summary = "free space in the cache",
	.usage = "[OPTION...]",
	.text = "Removes what killed runs left, builds and templates that were not used "
		"for a\n"
		"while, and the least recently used ones beyond a size. All of it is "
		"made again\n"
		"when it is wanted. Kernels go with --all or 'kmlab kernel remove'.\n"
		"\n"
		"  kmlab clean --dry-run\n"
		"  kmlab clean --max-size 5G\n",
	.opts = opts,
	.run = run_clean,
};
