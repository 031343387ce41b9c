// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "complaint.h"
#include "fs.h"
#include "judge_build.h"

/* The directory that was built, absolute; NULL when it is gone. */
static char *directory_of(const char *source)
{
	_cleanup_free_ char *real = source ? realpath(source, NULL) : NULL;

	if (real && !fs_is_dir(real))
		*strrchr(real, '/') = '\0';
	return take_ptr(real);
}

static char *title_of(const struct build_facts *facts, const struct complaint *first)
{
	_cleanup_free_ char *place = NULL;

	if (!first->message)
		return xprintf("does not build: make ended with status %d in '%s'",
			       facts->status, facts->source);
	place = complaint_place(first);
	return xprintf("does not build: %s%s%s", place ? place : "", place ? ": " : "",
		       first->message);
}

void lab_judge_build(struct lab_result *r, const struct build_facts *facts)
{
	_cleanup_free_ char *dir = directory_of(facts->source);
	_cleanup_complaint_ struct complaint first = {0};
	const char *log = facts->log ? facts->log : "";
	struct lab_event event = {
		.outcome = LAB_BUILD_ERROR,
		.phase = LAB_PHASE_BUILD,
		.kind = xstrdup("build"),
	};

	complaint_next(&log, dir, &first);
	event.title = title_of(facts, &first);
	lab_result_add_event(r, &event);
	if (facts->log && strstr(facts->log, "undefined!")) {
		free(r->hint);
		r->hint = xstrdup(
			"no module or kernel exports this symbol: name the module "
			"that does first, as in 'kmlab run PROVIDER CONSUMER', or use "
			"what the kernel offers instead");
	}
	free(r->build_log);
	r->build_log = xstrdup(facts->log);
}
