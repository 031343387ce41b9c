/* SPDX-License-Identifier: GPL-2.0-only */
/* From a plan to verdicts: each run of it is one job in one clone. */
#ifndef KMLAB_LAB_RUN_H
#define KMLAB_LAB_RUN_H

#include "plan.h"

/* What to do in the clone between load and unload. */
struct lab_command {
	char *const *argv; /* NULL: only load and unload */
	char *const *env;
	const char *test; /* one test of the plan, by file name; or NULL */
	bool all_tests;	  /* all tests of the plan, one after another in this clone */
	bool wants_tests; /* that there are none is worth a note */
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
