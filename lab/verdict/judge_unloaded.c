// SPDX-License-Identifier: GPL-2.0-only
/* Which of the modules under test ran through their exit function? What the others have
 * is still theirs. */
#include <string.h>

#include "judge_parts.h"

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* A module whose init function was killed, or did not come back, stays half loaded. */
static bool died_in_load(const struct lab_guest_report *r, const char *module)
{
	return same(r->load_failed, module) && (r->load_signal || r->load_stalled);
}

/*
 * Modules are unloaded in the order opposite to that of loading, up to the first that
 * does not go: that one, and those that were loaded before it, stay.
 */
static bool stays(const struct judge *j, const char *module)
{
	const struct lab_guest_job *job = j->job;
	size_t at = 0;

	if (!j->report->unload_failed)
		return false;
	while (at < job->n_modules && !same(job->modules[at].name, module))
		at++;
	for (size_t i = at; i < job->n_modules; i++)
		if (same(job->modules[i].name, j->report->unload_failed))
			return true;
	return false;
}

bool judge_unloaded(const struct judge *j, const char *module)
{
	return !died_in_load(j->report, module) && !stays(j, module);
}

const char *judge_not_unloaded(const struct judge *j)
{
	const struct lab_guest_report *r = j->report;

	if (r->unload_failed)
		return r->unload_failed;
	return r->load_signal || r->load_stalled ? r->load_failed : NULL;
}
