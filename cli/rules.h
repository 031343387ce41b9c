/* SPDX-License-Identifier: GPL-2.0-only */
/* What builds may see and take: --see, --limit, --unboxed. */
#ifndef KMLAB_CLI_RULES_H
#define KMLAB_CLI_RULES_H

#include "cmd.h"

/** rules_init - from the options into cli->box, for cli->lab. 0 or an exit status,
 *  message printed. The words of --see are replaced by their real paths. */
int rules_init(struct cli *cli);

#endif
