/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a user asks for, and the plan made from it once per kernel: the kernel found, the
 * modules built and put in order, the tests found. Running a plan is run.h's business.
 */
#ifndef KMLAB_LAB_PLAN_H
#define KMLAB_LAB_PLAN_H

#include "kernel/kernel.h"
#include "verdict/quote.h"
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
	struct quote_trees trees; /* whose files a report may quote, see trees.h */
	double build_ms;
};

void lab_plan_deinit(struct lab_plan *plan);
#define _cleanup_plan_ _cleanup_(lab_plan_deinit)

/** lab_plan_check - can each of @sources (NULL-terminated, or NULL) be a module? 0, or
 *  -EINVAL with a sentence. */
int lab_plan_check(struct lab *lab, char *const *sources);

/**
 * lab_plan_make - everything up to the clone. @spec must outlive the plan.
 * Return: 0 with a plan; 1 when @verdict already has the answer (it does not build);
 * a negative errno with a sentence for bad input and trouble on the host.
 */
int lab_plan_make(struct lab *lab, const struct lab_run_spec *spec, struct lab_plan *plan,
		  struct lab_result *verdict);

#endif
