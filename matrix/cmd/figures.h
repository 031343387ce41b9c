/* SPDX-License-Identifier: GPL-2.0-only */
/* The time that each guest got, as a table or as JSON; for real guests and for simulated
 * ones. */
#ifndef MATRIX_CMD_FIGURES_H
#define MATRIX_CMD_FIGURES_H

#include "cloud.h"

struct text;

/** figures_table - the table of all guests of a cloud, with a line on top when @live. */
void figures_table(const struct cloud *cloud, bool live, struct text *out);
void figures_json(const struct cloud *cloud, struct text *out);

/** figures_row, figures_entity_json - one line, one object's members, of any entity. The
 *  error shown is that of the last window when @live, else that of the worst window. */
void figures_head(struct text *out);
void figures_row(const struct sched *s, const struct sched_entity *e, const char *name,
		 bool live, struct text *out);
void figures_entity_json(const struct sched *s, const struct sched_entity *e,
			 const char *name, struct text *out);

/** figures_time - "1.2 ms", "5.00 s" into @buffer of 16 bytes; returns it. */
const char *figures_time(char *buffer, double ns);

/** figures_string - @s as a JSON string. */
void figures_string(const char *s, struct text *out);

#endif
