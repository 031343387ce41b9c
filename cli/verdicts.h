/* SPDX-License-Identifier: GPL-2.0-only */
/* What run, test and watch end with: from results to output, history and an exit status.
 */
#ifndef KMLAB_CLI_VERDICTS_H
#define KMLAB_CLI_VERDICTS_H

#include "verdict/result.h"

#include "cmd.h"

/** verdicts_finish - record, print, free; the exit status of the worst, or with --expect
 *  whether all were as expected. @to: where the
 *  report goes when no --report FILE is given. @table: several kernels as a table. */
int verdicts_finish(struct cli *cli, struct lab_result **results, size_t n, FILE *to,
		    bool table);

#endif
