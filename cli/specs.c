// SPDX-License-Identifier: GPL-2.0-only
/* From options to specs; see specs.h. */
#include <string.h>
#include <sys/stat.h>

#include "fs.h"

#include "specs.h"
#include "ui.h"

#define DEFAULT_SETTLE_MS 10
#define DEFAULT_TIMEOUT_S 60

static int check_kernels(struct cli *cli)
{
	struct strv *kernels = &cli->opt.kernels;
	const char *own = getenv("KMLAB_KERNEL");

	if (!kernels->n && own && *own)
		strv_add(kernels, own);
	for (size_t i = 0; i < kernels->n; i++) {
		struct lab_kernel *k = NULL;
		int err = lab_kernel_find(&cli->lab, kernels->v[i], &k);

		lab_kernel_destroy(k);
		if (err && (err != -ENOENT || cli->opt.offline))
			return ui_failed(cli, err);
	}
	return EXIT_OK;
}

static int check_sources(struct cli *cli)
{
	int err = lab_plan_check(&cli->lab, cli->argv);

	return err ? ui_failed(cli, err) : EXIT_OK;
}

/* "-- $COMMAND" with an empty variable must not look like a command that succeeded. */
static int check_command(struct cli *cli)
{
	if (!cli->command || cli->command[0])
		return EXIT_OK;
	return ui_usage(cli, "nothing follows '--'; name a command, or leave it out");
}

static int check_params(struct cli *cli)
{
	for (size_t i = 0; i < cli->opt.params.n; i++)
		if (*cli->opt.params.v[i] == '=' || !*cli->opt.params.v[i])
			return ui_usage(cli,
					"'--param %s' names no parameter; write "
					"--param NAME=VALUE",
					cli->opt.params.v[i]);
	return EXIT_OK;
}

/* "HOST[:GUEST]"; the guest's path defaults to /tmp/NAME. */
static int add_in(struct cli *cli, struct specs *specs, const char *word, size_t i)
{
	const char *colon = strchr(word, ':');
	char *host = colon ? xstrndup(word, (size_t)(colon - word)) : xstrdup(word);
	char *guest = colon ? xstrdup(colon + 1) : xprintf("/tmp/%s", fs_basename(word));
	struct stat st;

	strv_take(&specs->paths, host);
	strv_take(&specs->paths, guest);
	if (stat(host, &st) < 0)
		return ui_usage(cli, "cannot read '%s': %s; --in takes HOST[:GUEST]",
				host, strerror(errno));
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return ui_usage(cli,
				"'%s' is neither a file nor a directory; --in takes "
				"no other things",
				host);
	if (guest[0] != '/')
		return ui_usage(cli, "'%s' is not an absolute path in the guest", guest);
	specs->in[i] = (struct lab_guest_file){host, guest};
	return EXIT_OK;
}

/* "GUEST[:HOST]"; the host's path defaults to ./NAME. */
static int add_out(struct cli *cli, struct specs *specs, const char *word, size_t i)
{
	const char *colon = strchr(word, ':');
	char *guest = colon ? xstrndup(word, (size_t)(colon - word)) : xstrdup(word);
	char *host = colon ? xstrdup(colon + 1) : xstrdup(fs_basename(word));

	strv_take(&specs->paths, host);
	strv_take(&specs->paths, guest);
	if (guest[0] != '/')
		return ui_usage(cli,
				"'%s' is not an absolute path in the guest; --out takes "
				"GUEST[:HOST]",
				guest);
	if (!*host)
		return ui_usage(cli, "'--out %s' names no file on the host", word);
	specs->out[i] = (struct lab_guest_file){host, guest};
	return EXIT_OK;
}

static int add_files(struct cli *cli, struct specs *specs)
{
	struct options *o = &cli->opt;
	int status = EXIT_OK;

	specs->in = xcalloc(o->in.n, sizeof(*specs->in));
	specs->out = xcalloc(o->out.n, sizeof(*specs->out));
	for (size_t i = 0; i < o->in.n && !status; i++)
		status = add_in(cli, specs, o->in.v[i], i);
	for (size_t i = 0; i < o->out.n && !status; i++)
		status = add_out(cli, specs, o->out.v[i], i);
	return status;
}

static int check_format(struct cli *cli)
{
	static const char *const known[] = {"text", "json", "ktap", "junit"};
	struct options *o = &cli->opt;

	if (o->json && !o->format)
		o->format = xstrdup("json");
	if (!o->format)
		o->format = xstrdup("text");
	o->json = !strcmp(o->format, "json");
	for (size_t i = 0; i < 4; i++)
		if (!strcmp(o->format, known[i]))
			return EXIT_OK;
	return ui_usage(cli, "unknown format '%s'; text, json, ktap and junit exist",
			o->format);
}

unsigned int specs_expected(const struct cli *cli)
{
	_cleanup_free_ char *words = xstrdup(cli->opt.expect);
	enum lab_outcome outcome;
	char *save = NULL;
	unsigned int set = 0;

	for (char *w = words ? strtok_r(words, "|", &save) : NULL; w;
	     w = strtok_r(NULL, "|", &save)) {
		if (!lab_outcome_find(w, &outcome) || outcome >= LAB_HOST_TROUBLE)
			return 0;
		set |= 1U << outcome;
	}
	return set;
}

static int check_expect(struct cli *cli)
{
	if (!cli->opt.expect || specs_expected(cli))
		return EXIT_OK;
	return ui_usage(cli,
			"'--expect %s' is no outcome; write for example --expect "
			"'oops|panic' (kmlab-run(1) lists them)",
			cli->opt.expect);
}

/* modules/NAME beside the working directory, when --suite names a bare module. */
static void resolve_suite(struct options *o)
{
	char *path;

	if (!o->suite || strchr(o->suite, '/'))
		return;
	path = xprintf("modules/%s", o->suite);
	if (fs_is_dir(path)) {
		free(o->suite);
		o->suite = path;
	} else {
		free(path);
	}
}

int specs_init(struct cli *cli, struct specs *specs)
{
	struct options *o = &cli->opt;
	int status;

	memset(specs, 0, sizeof(*specs));
	status = check_format(cli);
	if (!status)
		status = check_command(cli);
	if (!status)
		status = check_sources(cli);
	if (!status)
		status = check_kernels(cli);
	if (!status)
		status = check_params(cli);
	if (!status)
		status = check_expect(cli);
	if (!status)
		status = add_files(cli, specs);
	if (status)
		return status;
	resolve_suite(o);
	specs->n = o->kernels.n ? o->kernels.n : 1;
	specs->spec = xcalloc(specs->n, sizeof(*specs->spec));
	for (size_t i = 0; i < specs->n; i++)
		specs->spec[i] = (struct lab_run_spec){
			.kernel = o->kernels.n ? o->kernels.v[i] : NULL,
			.sources = cli->argv,
			.params = o->params.v,
			.make_args = o->make_args.v,
			.append = o->append.v,
			.suite = o->suite,
			.in = specs->in,
			.n_in = o->in.n,
			.out = specs->out,
			.n_out = o->out.n,
			.memory_mib = o->memory_mib,
			.cpus = o->cpus,
			.timeout_ms =
				(o->timeout_s ? o->timeout_s : DEFAULT_TIMEOUT_S) * 1000,
			.settle_ms = o->settle_ms ? o->settle_ms : DEFAULT_SETTLE_MS,
			.warnings_as_errors = o->werror,
			.nested = o->nested,
			.in_turns = o->in_turns,
			.add_kernel = !o->offline,
			.expect = specs_expected(cli),
		};
	return EXIT_OK;
}

void specs_deinit(struct specs *specs)
{
	free(specs->spec);
	free(specs->in);
	free(specs->out);
	strv_deinit(&specs->paths);
}
