/* SPDX-License-Identifier: GPL-2.0-only */
/* From a failed build's log to a verdict: which place, which complaint, what to do. */
#ifndef KMLAB_LAB_JUDGE_BUILD_H
#define KMLAB_LAB_JUDGE_BUILD_H

#include "quote.h"
#include "result.h"

struct build_facts {
	const char *log;     /* of the build, filtered; or NULL */
	const char *source;  /* the directory or the .c file that was built */
	const char *release; /* uname -r of the kernel built for; NULL: no kernel code */
	int status;	     /* make's */
};

/** lab_judge_missing - of a module that was not loaded for a symbol: the source in the
 * directories of @trees that has it becomes the next step. */
void lab_judge_missing(struct lab_result *result, const struct quote_trees *trees);

/** lab_judge_build - add the event of a failed build, and the next step. */
void lab_judge_build(struct lab_result *result, const struct build_facts *facts);

#endif
