// SPDX-License-Identifier: GPL-2.0-only
/* The ten steps, told as they happen. */
#include <string.h>

#include "cmd.h"

static const char *const steps[] = {
	"",
	"open the KVM device, ask what it can",
	"create a VM",
	"give it memory, and what is to be in it",
	"create a vCPU",
	"set its registers",
	"run",
	"it has left the guest: why?",
	"the guest wants something",
	"look at the guest from outside",
	"free everything",
};

static void say(void *ctx, int step, const char *call, long result)
{
	FILE *to = ctx;

	fprintf(to, "%2d  %s", step, call);
	if (result == EXPLAIN_EVENT)
		fputc('\n', to);
	else if (result < 0)
		fprintf(to, " = %ld (%s)\n", result, strerror((int)-result));
	else
		fprintf(to, " = %ld\n", result);
}

static void say_steps(FILE *to)
{
	fprintf(to, "The steps:\n");
	for (size_t i = 1; i < sizeof(steps) / sizeof(*steps); i++)
		fprintf(to, "%2zu  %s\n", i, steps[i]);
	fputc('\n', to);
}

struct explain explain_to(FILE *stream)
{
	say_steps(stream);
	return (struct explain){say, stream};
}
