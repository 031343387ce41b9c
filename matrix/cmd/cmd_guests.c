// SPDX-License-Identifier: GPL-2.0-only
/* matrix guests: what is built in, and how to get at it. */
#include <string.h>

#include "fs.h"

#include "builtin.h"

#include "cmd.h"
#include "figures.h"

static int write_image(const char *name, const char *path)
{
	struct builtin_guest g;
	int err;

	if (!builtin_guest_find(name, &g))
		return usage_error(
			"there is no guest '%s' built in; 'matrix guests' lists them",
			name);
	err = fs_write_file(path, g.image, g.size, 0755);
	if (!err)
		return EXIT_OK;
	error("cannot write '%s': %s", path, strerror(-err));
	return EXIT_FAILED;
}

static void list_json(void)
{
	_cleanup_text_ struct text out = TEXT_INIT;
	struct builtin_guest g;

	text_puts(&out, "[");
	for (size_t i = 0; builtin_guest(i, &g); i++) {
		text_printf(&out,
			    "%s\n  {\"name\": \"%s\", \"bytes\": %zu, \"summary\": ",
			    i ? "," : "", g.name, g.size);
		figures_string(g.summary, &out);
		text_puts(&out, "}");
	}
	printf("%s\n]\n", out.s);
}

static int run(struct options *o, int argc, char **argv)
{
	struct builtin_guest g;

	if (o->output && argc == 1)
		return write_image(argv[0], o->output);
	if (argc || o->output)
		return usage_error("'matrix guests' takes nothing, or '-o FILE GUEST'");
	if (o->json) {
		list_json();
		return EXIT_OK;
	}
	for (size_t i = 0; builtin_guest(i, &g); i++)
		printf("%-12s %5zu bytes  %s\n", g.name, g.size, g.summary);
	return EXIT_OK;
}

static const struct opt opts[] = {
	OPT(OPT_STRING, "output", 'o', output, "FILE", "write that guest's image there"),
	OPT_JSON,
	OPT_END,
};

const struct cmd cmd_guests = {
	.name = "guests",
	.summary = "the guests that are built in",
	.usage = "[-o FILE GUEST]",
	.text = "Lists the guests that need no file. Their sources are in\n"
		"matrix/guests; the bad_ ones misbehave on purpose.\n"
		"\n"
		"  matrix guests\n"
		"  matrix guests -o neo.elf neo\n",
	.opts = opts,
	.run = run,
};
