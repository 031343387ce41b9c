// SPDX-License-Identifier: GPL-2.0-only
/* From options to the rules of the box; see rules.h. */
#include <stdlib.h>
#include <string.h>

#include "fs.h"

#include "rules.h"
#include "ui.h"

/* What the sandbox puts there itself. */
static bool is_taken(const char *path)
{
	static const char *const own[] = {"/usr", "/proc", "/sys", "/dev",
					  "/run", "/etc",  NULL};

	for (const char *const *top = own; *top; top++)
		if (path_below(path, *top))
			return true;
	return !strcmp(path, "/") || !strcmp(path, "/tmp");
}

static int resolve_seen(struct cli *cli, char **word)
{
	char *real = realpath(*word, NULL);
	int status = EXIT_OK;

	if (!real)
		return ui_usage(cli,
				"cannot show '%s' to builds: %s; --see takes a "
				"directory or a file",
				*word, strerror(errno));
	if (is_taken(real))
		status = ui_usage(cli,
				  "'%s' cannot be shown to builds, which have one of "
				  "their own; name a directory elsewhere",
				  real);
	free(*word);
	*word = real;
	return status;
}

int rules_init(struct cli *cli)
{
	struct options *o = &cli->opt;

	for (size_t i = 0; i < o->see.n; i++) {
		int status = resolve_seen(cli, &o->see.v[i]);

		if (status)
			return status;
	}
	for (size_t i = 0; i < o->limits.n; i++)
		if (lab_limits_parse(o->limits.v[i], &cli->box.limits))
			return ui_usage(
				cli,
				"'--limit %s' is no limit; write time=30m, memory=4G, "
				"disk=8G, processes=1000 or output=32M",
				o->limits.v[i]);
	cli->box.see = o->see.v;
	cli->box.unboxed = o->unboxed;
	cli->lab.box = &cli->box;
	return EXIT_OK;
}
