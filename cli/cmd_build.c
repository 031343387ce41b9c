// SPDX-License-Identifier: GPL-2.0-only
/* kmlab build: Kbuild in the kernel's own build root. */
#include <jansson.h>
#include <string.h>

#include "kbuild/build.h"
#include "clean.h"
#include "plan.h"

#include "ui.h"

static int kernel_for(struct cli *cli, const char *name, struct lab_kernel **ret)
{
	int err = lab_kernel_find(&cli->lab, name, ret);

	if (err == -ENOENT && !cli->opt.offline)
		err = lab_kernel_add(&cli->lab, name ? name : "debian/6.1", false, ret);
	return err;
}

static void add_json(json_t *array, const struct lab_kernel *k, const char *source,
		     const struct lab_build *b, bool unboxed)
{
	_cleanup_free_ char *log = b->log ? clean(b->log, CLEAN_LINES) : NULL;
	json_t *modules = json_array();

	for (size_t i = 0; i < b->modules.n; i++)
		json_array_append_new(modules, json_string(b->modules.v[i]));
	json_array_append_new(array,
			      json_pack("{s:s, s:s, s:b, s:b, s:o, s:s?, s:i, s:f, s:s?}",
					"kernel", k->name, "source", source, "built",
					b->status == 0, "boxed", !unboxed, "modules",
					modules, "symvers", b->symvers, "warnings",
					(int)b->warnings, "ms", b->ms, "log", log));
}

static void print_text(const struct lab_kernel *k, const struct lab_build *b,
		       bool unboxed, bool verbose)
{
	_cleanup_free_ char *log = clean(b->log, CLEAN_LINES);

	fputs(log, stderr);
	for (size_t i = 0; i < b->modules.n && !b->status; i++)
		printf("%s\n", b->modules.v[i]);
	if (verbose)
		fprintf(stderr, "%s: %s%s in %.2f s, %u warnings\n", k->name,
			b->status ? "failed" : "built", unboxed ? " without a box" : "",
			b->ms / 1e3, b->warnings);
}

/* Builds the sources in the order given: each may use the symbols of those before it. */
static int build_for(struct cli *cli, const char *name, json_t *array, bool *failed)
{
	_cleanup_kernel_ struct lab_kernel *k = NULL;
	_cleanup_strv_ struct strv symvers = STRV_INIT;
	int err = kernel_for(cli, name, &k);

	for (char **s = cli->argv; *s && !err; s++) {
		_cleanup_build_ struct lab_build build = {0};
		struct lab_build_spec spec = {
			.kernel = k,
			.source = *s,
			.make_args = cli->opt.make_args.v,
			.symvers = symvers.v,
			.compile_commands = cli->opt.compile_commands,
			.clean = cli->opt.clean,
			.warnings_as_errors = cli->opt.werror,
		};

		err = lab_build_run(&cli->lab, &spec, &build);
		if (err)
			return err;
		ui_clear();
		if (cli->opt.json)
			add_json(array, k, *s, &build, cli->opt.unboxed);
		else
			print_text(k, &build, cli->opt.unboxed, !cli->opt.quiet);
		*failed = *failed || build.status;
		if (build.symvers)
			strv_add(&symvers, build.symvers);
	}
	return err;
}

static int run_build(struct cli *cli)
{
	const char *own = getenv("KMLAB_KERNEL");
	json_t *array;
	bool failed = false;
	int err;

	if (!cli->argc)
		return ui_usage(cli, "no module named; try 'kmlab build modules/hello'");
	err = lab_plan_check(&cli->lab, cli->argv);
	if (err)
		return ui_failed(cli, err);
	array = json_array();
	strv_add_all(&cli->opt.make_args, cli->command);
	if (!cli->opt.kernels.n)
		err = build_for(cli, own && *own ? own : NULL, array, &failed);
	for (size_t i = 0; i < cli->opt.kernels.n && !err; i++)
		err = build_for(cli, cli->opt.kernels.v[i], array, &failed);
	if (!err && cli->opt.json) {
		json_dumpf(array, stdout, JSON_INDENT(2));
		putchar('\n');
	}
	json_decref(array);
	if (err)
		return ui_failed(cli, err);
	return failed ? 101 : EXIT_OK; /* as kmlab run says it */
}

static const struct opt opts[] = {
	OPT_KERNEL,
	OPT(OPT_FLAG, "compile-commands", 0, compile_commands, NULL,
	    "write compile_commands.json into the module's directory"),
	OPT(OPT_FLAG, "clean", 0, clean, NULL, "forget earlier objects first"),
	OPT(OPT_FLAG, "werror", 0, werror, NULL, "compiler warnings are errors"),
	OPT_MAKE,
	OPTS_BOX,
	OPT(OPT_FLAG, "offline", 0, offline, NULL, "never download a kernel"),
	OPT(OPT_FLAG, "quiet", 'q', quiet, NULL,
	    "only the modules' paths and the compiler"),
	OPT_JSON,
	{0},
};

const struct cmd cmd_build = {
	.name = "build",
	.summary = "build modules for any kernel, objects in the cache",
	.usage = "[OPTION...] DIR|FILE.c... [-- MAKE-WORD...]",
	.operands = ANY_NUMBER,
	.takes_command = true,
	.text = "Runs Kbuild with the kernel's own headers and compiler. The module's "
		"directory\n"
		"stays as it is; the paths of the built modules go to stdout. Sources "
		"named later\n"
		"may use symbols that earlier ones export.\n"
		"\n"
		"  kmlab build modules/hello\n"
		"  kmlab build -k debian/5.10 -k debian/7.2 --werror modules/hello -- "
		"W=1\n"
		"  kmlab build --compile-commands .\n",
	.opts = opts,
	.run = run_build,
};
