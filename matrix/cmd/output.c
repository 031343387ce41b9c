// SPDX-License-Identifier: GPL-2.0-only
/* What guests print; see output.h. */
#include <errno.h>
#include <string.h>

#include "vm.h"

#include "output.h"

enum { LINE_MAX_BYTES = 8192 };

/* Only one unfinished line is kept: when another guest prints, the first guest's line is
 * cut. */
static void end_line(struct output *out)
{
	if (!out->line.len)
		return;
	fprintf(out->to, "%s: ", out->last->name);
	fwrite(out->line.s, 1, out->line.len, out->to);
	fputc('\n', out->to);
	text_deinit(&out->line);
}

void output_print(void *ctx, struct vm *vm, const char *data, size_t len)
{
	struct output *out = ctx;

	if (!out->to)
		return;
	if (!out->named) {
		fwrite(data, 1, len, out->to);
		return;
	}
	if (out->last != vm)
		end_line(out);
	out->last = vm;
	while (len) {
		const char *newline = memchr(data, '\n', len);
		size_t n = newline ? (size_t)(newline - data) : len;

		text_add(&out->line, data, n);
		if (newline && !out->line.len)
			text_puts(&out->line, " ");
		if (newline || out->line.len > LINE_MAX_BYTES)
			end_line(out);
		n += !!newline;
		data += n;
		len -= n;
	}
}

int output_finish(struct output *out)
{
	if (!out->to)
		return 0;
	if (out->named)
		end_line(out);
	return fflush(out->to) || ferror(out->to) ? -errno : 0;
}
