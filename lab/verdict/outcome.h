/* SPDX-License-Identifier: GPL-2.0-only */
/* What the views share about an outcome, beside its name and exit status. */
#ifndef KMLAB_LAB_OUTCOME_H
#define KMLAB_LAB_OUTCOME_H

#include "result.h"

struct lab_outcome_words {
	const char *name;  /* in JSON, the history and -o filters */
	int exit;	   /* kmlab's exit status */
	const char *label; /* in front of a text report */
};

/** lab_outcome_words - never NULL. */
const struct lab_outcome_words *lab_outcome_words(enum lab_outcome outcome);

#endif
