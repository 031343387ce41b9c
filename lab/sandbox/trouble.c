// SPDX-License-Identifier: GPL-2.0-only
/* Why the command did not start, for the caller to read; see struct sandbox_trouble. */
#include <stdio.h>

#include "internal.h"

int sandbox_fail(struct boxed_run *job, enum sandbox_stage stage, const char *subject)
{
	int err = errno ? errno : EIO;

	job->trouble->err = err;
	snprintf(job->trouble->subject, sizeof(job->trouble->subject), "%s", subject);
	job->trouble->stage = stage;
	return -err;
}
