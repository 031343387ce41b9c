/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From what a user names to a verdict. A plan is made once per kernel (find the kernel,
 * build, order the modules, find the tests); each run of it is one job in one clone.
 */
#ifndef KMLAB_LAB_RUN_H
#define KMLAB_LAB_RUN_H

#include "kbuild/build.h"
#include "verdict/result.h"

struct lab_run_spec {
	const char *kernel;	/* name, or NULL: the default */
	char *const *sources;	/* directories, .c files, .ko files; NULL-terminated */
	char *const *params;	/* NAME=VALUE for the last source's module, or
				   MODULE.NAME=VALUE; may be NULL */
	char *const *make_args; /* for builds, or NULL */
	char *const *append;	/* kernel command line words, or NULL */
	const char *suite;	/* judge with this module's tests instead of its own */
	const struct lab_guest_file *in, *out;
	size_t n_in, n_out;
	unsigned int memory_mib, cpus; /* 0: the template's defaults */
	unsigned int timeout_ms;       /* 0: 60 s */
	unsigned int settle_ms;
	bool warnings_as_errors;
	bool nested;
	bool in_turns;	 /* emulated CPUs one at a time */
	bool add_kernel; /* download a kernel that is not there yet */
	/* For commands whose output is read here (tests): */
	enum lab_proof proof; /* may stored facts do, may these be stored? */
	unsigned int
		expect; /* outcomes that are right, 1 << enum lab_outcome each; 0: pass */
};

struct lab_plan {
	const struct lab_run_spec *spec;
	struct lab_kernel *kernel;
	struct strv modules; /* .ko paths in load order */
	struct strv names;   /* their names */
	struct strv intree;  /* .ko paths of the kernel's own modules, in load order */
	struct strv params;  /* one string for each module */
	char *tests_dir;     /* host directory of the last source's tests, or NULL */
	struct strv tests;   /* file names in it, sorted */
	char *programs_dir;  /* compiled tests and clients, or NULL */
	struct strv notes;   /* what the verdict should mention, whatever it is */
	char *build_log;     /* compiler output worth showing, or NULL */
	double build_ms;
};

void lab_plan_deinit(struct lab_plan *plan);
#define _cleanup_plan_ _cleanup_(lab_plan_deinit)

/**
 * lab_plan_make - everything up to the clone. @spec must outlive the plan.
 * Return: 0 with a plan; 1 when @verdict already has the answer (it does not build);
 * a negative errno with a sentence for bad input and trouble on the host.
 */
int lab_plan_make(struct lab *lab, const struct lab_run_spec *spec, struct lab_plan *plan,
		  struct lab_result *verdict);

/* What to do in the clone between load and unload. */
struct lab_command {
	char *const *argv; /* NULL: only load and unload */
	char *const *env;
	const char *test; /* one test of the plan, by file name; or NULL */
	bool all_tests;	  /* all tests of the plan, one after another in this clone */
	bool is_test;	  /* @argv is a test: its output is read here, as KTAP */
	int stdin_fd, stdout_fd, stderr_fd; /* as in struct lab_guest_job; what a test
					       writes is read here instead */
	bool tty;
	int winch_fd;
};

#define LAB_COMMAND_INIT                                                                 \
	{                                                                                \
		.stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1, .winch_fd = -1         \
	}

/**
 * lab_plan_run - one clone, one verdict. Trouble on the host's side becomes a verdict too
 * (LAB_HOST_TROUBLE, LAB_CANCELLED), so @ret is always set.
 */
void lab_plan_run(struct lab *lab, const struct lab_plan *plan,
		  const struct lab_command *command, struct lab_result **ret);

/** lab_run_expects - is this outcome the right one for @spec? */
bool lab_run_expects(const struct lab_run_spec *spec, enum lab_outcome outcome);

/** lab_trouble - a verdict about the host itself, from lab_error(). @err: negative errno.
 */
struct lab_result *lab_trouble(struct lab *lab, const struct lab_run_spec *spec, int err);

#endif
