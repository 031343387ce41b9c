/* SPDX-License-Identifier: GPL-2.0-only */
/* What run, test, watch and shell are asked for: from options to specs. */
#ifndef KMLAB_CLI_SPECS_H
#define KMLAB_CLI_SPECS_H

#include "plan.h"

#include "cmd.h"

/* The options that shape a run; listed by run, test, watch and shell. */
#define OPTS_MODULE                                                                      \
	OPT_KERNEL,                                                                      \
		OPT(OPT_STRINGS, "param", 'p', params, "NAME=VALUE",                     \
		    "module parameter; MODULE.NAME=VALUE for another than the last"),    \
		OPT(OPT_NUMBER, "mem", 'm', memory_mib, "MIB", "guest memory (256)"),    \
		OPT(OPT_NUMBER, "cpus", 'c', cpus, "N", "guest CPUs (2)"),               \
		OPT(OPT_STRINGS, "append", 0, append, "WORD",                            \
		    "kernel command line word"),                                         \
		OPT(OPT_FLAG, "nested", 0, nested, NULL,                                 \
		    "give the guest virtualization of its own, and /dev/kvm"),           \
		OPT_MAKE,                                                                \
		OPT(OPT_FLAG, "werror", 0, werror, NULL,                                 \
		    "compiler warnings are errors"),                                     \
		OPTS_BOX,                                                                \
		OPT(OPT_FLAG, "offline", 0, offline, NULL, "never download a kernel"),   \
		OPT(OPT_FLAG, "quiet", 'q', quiet, NULL, "no progress")

#define OPT_IN                                                                           \
	OPT(OPT_STRINGS, "in", 0, in, "HOST[:GUEST]", "copy a file or directory in first")

#define OPTS_REPORT                                                                      \
	OPT(OPT_STRING, "format", 0, format, "FORMAT", "text, json, ktap or junit"),     \
		OPT_JSON,                                                                \
		OPT(OPT_STRING, "report", 'o', report, "FILE",                           \
		    "write the report there"),                                           \
		OPT(OPT_NUMBER, "timeout", 't', timeout_s, "S",                          \
		    "time limit for each guest (60)"),                                   \
		OPT(OPT_NUMBER, "settle", 0, settle_ms, "MS",                            \
		    "guest time to wait for late trouble after unload (10)"),            \
		OPT(OPT_NUMBER, "jobs", 'j', jobs, "N", "guests at the same time"),      \
		OPT(OPT_FLAG, "in-turns", 0, in_turns, NULL,                             \
		    "emulated CPUs one at a time: faster, shows fewer races")

/* One spec per kernel, and what they point to. */
struct specs {
	struct lab_run_spec *spec;
	size_t n;
	struct lab_guest_file *in, *out;
	struct strv paths;
};

/** specs_init - from the options and operands. 0 or an exit status, message printed;
 *  names of kernels and files are checked here. */
int specs_init(struct cli *cli, struct specs *specs);
void specs_deinit(struct specs *specs);

/** specs_expected - --expect "oops|panic" as a set, 1 << enum lab_outcome each; 0: not
 *  asked for, or a word is no outcome of a module. */
unsigned int specs_expected(const struct cli *cli);

#endif
