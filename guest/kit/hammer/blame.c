// SPDX-License-Identifier: GPL-2.0-only
/* What a promise's processes have found, in memory that trial.c shares with them. */
#include <stdarg.h>
#include <stdio.h>

#include "hammer.h"

struct finding *finding;

void blame(const char *fmt, ...)
{
	va_list args;

	if (finding->blames++)
		return;
	va_start(args, fmt);
	vsnprintf(finding->said, sizeof(finding->said), fmt, args);
	va_end(args);
}

bool blamed(void)
{
	return finding->blames > 0;
}

void close_gate(void)
{
	finding->gate_closed = true;
}

void not_tried(const char *fmt, ...)
{
	va_list args;

	if (blamed())
		return;
	finding->untried = true;
	va_start(args, fmt);
	vsnprintf(finding->said, sizeof(finding->said), fmt, args);
	va_end(args);
}

void remark(const char *fmt, ...)
{
	va_list args;

	if (blamed() || finding->untried)
		return;
	va_start(args, fmt);
	vsnprintf(finding->said, sizeof(finding->said), fmt, args);
	va_end(args);
}
