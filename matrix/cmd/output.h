/* SPDX-License-Identifier: GPL-2.0-only */
/* What guests print: as it is for one guest, in lines with its name for several. */
#ifndef MATRIX_CMD_OUTPUT_H
#define MATRIX_CMD_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "text.h"

struct vm;

struct output {
	FILE *to; /* NULL: nowhere */
	bool named;
	struct vm *last;  /* whose line is not finished */
	struct text line; /* what it has of it */
};

/** output_print - as vm_config.output; the context is the struct output. */
void output_print(void *ctx, struct vm *vm, const char *data, size_t len);

/** output_finish - an unfinished line, too, and flush. 0 or -errno. */
int output_finish(struct output *out);

#endif
