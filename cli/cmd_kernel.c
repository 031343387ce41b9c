// SPDX-License-Identifier: GPL-2.0-only
/* kmlab kernel add|list|show|remove */
#include <jansson.h>
#include <string.h>

#include "kernel/kernel.h"

#include "cmd.h"
#include "ui.h"

static json_t *kernel_json(const struct lab_kernel *k)
{
	return json_pack(
		"{s:s, s:s, s:s, s:s?, s:s, s:s?, s:s, s:s, s:s?, s:s?, s:s?, s:I}",
		"name", k->name, "id", k->id, "provider", k->provider, "suite", k->suite,
		"release", k->release, "version", k->version, "image", k->image,
		"modules", k->modules, "config", k->config, "build_root", k->root,
		"headers", k->headers, "bytes", (json_int_t)k->size);
}

static void print_json(json_t *json)
{
	json_dumpf(json, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(json);
}

static void print_kernel(const struct lab_kernel *k)
{
	char size[16];

	printf("name:        %s\n", k->name);
	printf("release:     %s\n", k->release);
	printf("version:     %s\n", k->version ? k->version : "-");
	printf("provider:    %s%s%s\n", k->provider, k->suite ? ", suite " : "",
	       k->suite ? k->suite : "");
	printf("image:       %s\n", k->image);
	printf("modules:     %s\n", k->modules);
	printf("config:      %s\n", k->config ? k->config : "-");
	printf("build root:  %s\n", k->root ? k->root : "the host's own tools");
	printf("headers:     %s\n", k->headers ? k->headers : "-");
	printf("size:        %s\n", ui_size(size, k->size));
}

static void print_one(struct cli *cli, const struct lab_kernel *k)
{
	if (cli->opt.json)
		print_json(kernel_json(k));
	else
		print_kernel(k);
}

static int run_add(struct cli *cli)
{
	if (!cli->argc)
		return ui_usage(cli,
				"no kernel named; try 'kmlab kernel add debian/6.1'");
	for (char **name = cli->argv; *name; name++) {
		_cleanup_kernel_ struct lab_kernel *k = NULL;
		int err = lab_kernel_add(&cli->lab, *name, cli->opt.allow_expired, &k);

		if (err)
			return ui_failed(cli, err);
		ui_clear();
		if (cli->opt.json)
			print_one(cli, k);
		else
			printf("%s is ready: %s\n", k->name, k->release);
	}
	return EXIT_OK;
}

static void print_list(struct lab_kernel *const *kernels, size_t n)
{
	char size[16];

	printf("%-16s %-28s %-18s %9s\n", "NAME", "RELEASE", "SUITE", "SIZE");
	for (size_t i = 0; i < n; i++)
		printf("%-16s %-28s %-18s %9s\n", kernels[i]->name, kernels[i]->release,
		       kernels[i]->suite ? kernels[i]->suite : "-",
		       ui_size(size, kernels[i]->size));
}

static int run_list(struct cli *cli)
{
	struct lab_kernel **kernels;
	json_t *array;
	size_t n;
	int err = lab_kernel_list(&cli->lab, &kernels, &n);

	if (err)
		return ui_failed(cli, err);
	if (cli->opt.json) {
		array = json_array();
		for (size_t i = 0; i < n; i++)
			json_array_append_new(array, kernel_json(kernels[i]));
		print_json(array);
	} else if (n) {
		print_list(kernels, n);
	} else {
		puts("no kernels yet; 'kmlab kernel add debian/6.1' gets one");
	}
	lab_kernel_list_free(kernels, n);
	return EXIT_OK;
}

static int run_show(struct cli *cli)
{
	_cleanup_kernel_ struct lab_kernel *k = NULL;
	int err = lab_kernel_find(&cli->lab, cli->argv[0], &k);

	if (err)
		return ui_failed(cli, err);
	print_one(cli, k);
	return EXIT_OK;
}

static int run_remove(struct cli *cli)
{
	if (!cli->argc)
		return ui_usage(cli, "no kernel named; 'kmlab kernel list' shows them");
	for (char **name = cli->argv; *name; name++) {
		int err = lab_kernel_remove(&cli->lab, *name);

		if (err)
			return ui_failed(cli, err);
		ui_note(cli, "removed %s", *name);
	}
	return EXIT_OK;
}

static const struct opt add_opts[] = {
	OPT(OPT_FLAG, "allow-expired", 0, allow_expired, NULL,
	    "accept a suite whose Release file has expired"),
	OPT(OPT_FLAG, "quiet", 'q', quiet, NULL, "no progress"),
	OPT_JSON,
	{0},
};

static const struct opt json_opts[] = {OPT_JSON, {0}};
static const struct opt remove_opts[] = {
	OPT(OPT_FLAG, "quiet", 'q', quiet, NULL, "say nothing on success"),
	OPT_JSON,
	{0},
};

static const struct cmd cmd_add = {
	.name = "add",
	.summary = "download a kernel, its headers and its compiler",
	.usage = "[OPTION...] NAME...",
	.operands = ANY_NUMBER,
	.text = "Gets kernels into the cache; without root, checked by apt's signatures, "
		"once.\n"
		"NAME is debian/SERIES (debian/6.1), debian/SUITE (debian/trixie),\n"
		"debian/VERSION (debian/6.12.117-1), tree:PATH (a built source tree) or "
		"host.\n"
		"\n"
		"  kmlab kernel add debian/5.10 debian/6.1 debian/6.12 debian/7.2\n",
	.opts = add_opts,
	.run = run_add,
};

static const struct cmd cmd_list = {
	.name = "list",
	.summary = "kernels in the cache",
	.usage = "[OPTION...]",
	.text = "Lists the kernels in the cache, oldest release first.\n"
		"\n"
		"  kmlab kernel list\n",
	.opts = json_opts,
	.run = run_list,
};

static const struct cmd cmd_show = {
	.name = "show",
	.summary = "where a kernel's parts lie",
	.usage = "[OPTION...] [NAME]",
	.operands = 1,
	.text = "Shows one kernel: release, image, modules, config, build root. Without "
		"NAME, "
		"the\n"
		"one that 'kmlab run' takes by default.\n"
		"\n"
		"  kmlab kernel show debian/6.1\n",
	.opts = json_opts,
	.run = run_show,
};

static const struct cmd cmd_remove = {
	.name = "remove",
	.summary = "drop a kernel from the cache",
	.usage = "[OPTION...] NAME...",
	.operands = ANY_NUMBER,
	.text = "Removes kernels and their templates. A build root goes with the last "
		"kernel "
		"that\n"
		"uses it.\n"
		"\n"
		"  kmlab kernel remove debian/5.10\n",
	.opts = remove_opts,
	.run = run_remove,
};

static const struct cmd *const verbs[] = {&cmd_add, &cmd_list, &cmd_show, &cmd_remove,
					  NULL};

const struct cmd cmd_kernel = {
	.name = "kernel",
	.summary = "add, list, show and remove kernels",
	.usage = "add|list|show|remove ...",
	.text = "Kernels are the lab's raw material: an image to boot, modules, headers "
		"and the\n"
		"compiler that matches them, all in the cache.\n"
		"\n"
		"  kmlab kernel add debian/6.1\n"
		"  kmlab kernel list\n",
	.verbs = verbs,
};
