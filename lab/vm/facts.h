/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What has been proven is not proven again: the facts of a job, CACHE/facts/KEY, under a
 * SHA-256 of all that its guest saw. They are the agent's frames as they came, the
 * console's end and the command's output; a verdict is judged from them anew each time.
 *
 * What the caller keeps must have come out as it should: a failure is worth another look,
 * not a faster one. Jobs with a terminal, an input stream or files to copy out have no
 * key, since what matters about them is not in the report.
 */
#ifndef KMLAB_LAB_FACTS_H
#define KMLAB_LAB_FACTS_H

#include "guest_job.h"

/**
 * lab_facts_keep - put a report with a key, and what its command wrote, into the store.
 * A report without a key, or that was itself recalled, is left alone. 0 or -errno; the
 * store is a convenience, so callers may go on.
 */
int lab_facts_keep(struct lab *lab, const struct lab_guest_report *report,
		   const struct text *output);

/** lab_facts_drop - what was proven under the report's key is so no more. */
int lab_facts_drop(struct lab *lab, const struct lab_guest_report *report);

#endif
