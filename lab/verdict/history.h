/* SPDX-License-Identifier: GPL-2.0-only */
/* Run history: one row per result, in SQLite, CACHE/history.db (WAL, so parallel runs
 * may write). */
#ifndef KMLAB_LAB_HISTORY_H
#define KMLAB_LAB_HISTORY_H

#include "result.h"

/** lab_history_add - record one result. */
int lab_history_add(struct lab *lab, const struct lab_result *result);

struct lab_history_query {
	const char *module;  /* substring, or NULL */
	const char *kernel;  /* substring, or NULL */
	const char *outcome; /* exact name, or NULL */
	unsigned int limit;  /* newest (or slowest) first; 0: all */
	long long since;     /* seconds since 1970; 0: all */
	bool slowest;	     /* by the guest's time instead of by start */
};

/** lab_history_list - JSON array of rows (id, started, kernel, module, source, outcome,
 *  phase, summary, total_ms, cached, test, guest_ms), newest or slowest first. New
 * reference. */
int lab_history_list(struct lab *lab, const struct lab_history_query *query,
		     json_t **ret);

/** lab_history_get - the whole result as JSON. -ENOENT. New reference. */
int lab_history_get(struct lab *lab, long long id, json_t **ret);

/** lab_history_trim - forget rows older than @days. */
int lab_history_trim(struct lab *lab, unsigned int days);

#endif
