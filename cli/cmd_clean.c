// SPDX-License-Identifier: GPL-2.0-only
/* kmlab clean: free the cache by policy. */
#include <string.h>

#include "cache.h"
#include "evict.h"
#include "kernel/kernel.h"
#include "verdict/history.h"

#include "ui.h"

#define DEFAULT_DAYS	 14
#define DEFAULT_MAX_SIZE (20ULL << 30)

struct tally {
	struct cli *cli;
	uint64_t freed;
	size_t removed;
};

static int drop(struct tally *tally, const struct lab_entry *e)
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

static int drop_all(struct tally *tally, const struct lab_entries *entries)
{
	int err = 0;

	for (size_t i = 0; i < entries->n && !err; i++)
		err = drop(tally, &entries->v[i]);
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

/* Builds, templates and facts by policy, or with --all everything there is. */
static void choose(struct cli *cli, uint64_t max, struct lab_entries *entries)
{
	static const char *const kinds[] = {"builds",  "templates", "facts",
					    "kernels", "roots",	    "apt"};
	unsigned int days = cli->opt.older_days ? cli->opt.older_days : DEFAULT_DAYS;

	for (size_t i = 0; i < (cli->opt.all ? 6 : 3); i++)
		lab_entries_add(&cli->lab, kinds[i], entries);
	if (!cli->opt.all)
		lab_entries_evictable(entries, days, max);
}

static int run_clean(struct cli *cli)
{
	_cleanup_lab_entries_ struct lab_entries entries = {0};
	struct tally tally = {.cli = cli};
	uint64_t max = DEFAULT_MAX_SIZE;
	char size[16];
	int err;

	if (cli->opt.max_size && parse_size(cli->opt.max_size, &max))
		return ui_usage(cli, "'%s' is no size; write for example --max-size 5G",
				cli->opt.max_size);
	err = cli->opt.dry_run ? 0 : lab_cache_sweep(&cli->lab);
	choose(cli, max, &entries);
	if (!err)
		err = drop_all(&tally, &entries);
	if (!err && !cli->opt.dry_run)
		err = lab_history_trim(&cli->lab, 365);
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
	    "then the oldest until builds, templates and facts fit (20G)"),
	OPT(OPT_FLAG, "all", 0, all, NULL,
	    "everything, kernels and build roots included"),
	OPT(OPT_FLAG, "dry-run", 'n', dry_run, NULL, "only say what would go"),
	{0},
};

const struct cmd cmd_clean = {
	.name = "clean",
	.summary = "free space in the cache",
	.usage = "[OPTION...]",
	.text = "Removes what killed runs left, builds, templates and proven facts that "
		"were not\n"
		"used for a while, and the least recently used ones beyond a size. All "
		"of "
		"it is made\n"
		"again when it is wanted. Kernels go with --all or 'kmlab kernel "
		"remove'.\n"
		"\n"
		"  kmlab clean --dry-run\n"
		"  kmlab clean --max-size 5G\n",
	.opts = opts,
	.run = run_clean,
};
