/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of the guests: unchanged when there is one guest, in lines that begin with the
 * guest's name when there are several. */
#ifndef MATRIX_CMD_OUTPUT_H
#define MATRIX_CMD_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "text.h"

struct vm;

struct output {
	FILE *to; /* NULL: nowhere */
	bool named;
	struct vm *last;  /* the guest whose line is not finished */
	struct text line; /* the part of that line so far */
};

/** output_print - for vm_config.output; the context is the struct output. */
void output_print(void *ctx, struct vm *vm, const char *data, size_t len);

/** output_finish - write an unfinished line, too, and flush. 0 or -errno. */
int output_finish(struct output *out);

#endif
