/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line: one const struct cmd per command, one table in main.c. To add one,
 * see docs/adding-a-command.md. Only this folder prints or exits.
 */
#ifndef KMLAB_CLI_CMD_H
#define KMLAB_CLI_CMD_H

#include <limits.h>

#include "opt.h"

#include "lab.h"
#include "sandbox/sandbox.h"

/* Exit statuses that belong to the command line itself; verdicts have 100 and more. */
enum {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_MISSING = 77,
	EXIT_STOPPED = 130
};

/* Every option of every command, so that one name means one thing everywhere. */
struct options {
	struct strv kernels, params, in, out, append, make_args, symvers, see, limits;
	unsigned int memory_mib, cpus, timeout_s, settle_ms, jobs, limit, older_days;
	char *format, *report, *suite, *tests, *module, *outcome, *max_size, *expect;
	char *since;
	bool json, help, quiet, verbose, nested, in_turns, offline, allow_expired, werror;
	bool compile_commands, clean, all, dry_run, once, refresh, available;
	bool fresh, slowest, unboxed;
};

/* Options that many commands share, so that they read the same everywhere. */
#define OPT_KERNEL                                                                       \
	OPT(OPT_STRINGS, "kernel", 'k', kernels, "NAME",                                 \
	    "kernel to use, e.g. debian/6.1; may be given several times")
#define OPT_JSON OPT(OPT_FLAG, "json", 0, json, NULL, "print JSON instead of text")
#define OPT_MAKE                                                                         \
	OPT(OPT_STRINGS, "make", 0, make_args, "WORD", "one more word for make, e.g. W=1")
/* What builds may see and take: everything that builds has them. */
#define OPTS_BOX                                                                         \
	OPT(OPT_STRINGS, "see", 0, see, "DIR",                                           \
	    "show builds this directory, too, read-only"),                               \
		OPT(OPT_STRINGS, "limit", 0, limits, "NAME=VALUE",                       \
		    "for a build: time=30m, memory=4G, disk=8G, processes=1000, "        \
		    "output=32M"),                                                       \
		OPT(OPT_FLAG, "unboxed", 0, unboxed, NULL,                               \
		    "build without a box: strangers' sources may then do harm")

struct cli {
	struct lab lab;
	struct lab_box_rules box; /* what lab.box points to */
	struct options opt;
	const struct cmd *cmd;
	char **argv; /* operands, NULL-terminated */
	int argc;
	char **command; /* what follows "--", or NULL */
};

#define ANY_NUMBER INT_MAX

struct cmd {
	const char *name;
	const char *summary;		/* one line for the list of commands */
	const char *usage;		/* after "kmlab NAME " */
	int operands;			/* at most that many, or ANY_NUMBER */
	bool takes_command;		/* words after "--" */
	const char *text;		/* what it does, with an example */
	const struct opt *opts;		/* ends with a zero entry */
	const struct cmd *const *verbs; /* for nouns: NULL-terminated; run is then NULL */
	int (*run)(struct cli *cli);	/* exit status */
};

extern const struct cmd cmd_build, cmd_clean, cmd_doctor, cmd_history, cmd_kernel,
	cmd_run, cmd_shell, cmd_test, cmd_watch;

/** options_parse - fill cli->opt, argv and command from the words after the command's
 *  name. 0, or EXIT_USAGE with the message already printed. */
int options_parse(struct cli *cli, int argc, char **argv);
void options_deinit(struct options *opt);
/** options_print - the table for --help. */
void options_print(FILE *out, const struct cmd *cmd);

#endif
