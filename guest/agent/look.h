/* SPDX-License-Identifier: GPL-2.0-only */
/* What the host sees in our memory. */
#ifndef KMLAB_GUEST_LOOK_H
#define KMLAB_GUEST_LOOK_H

#include "agent.h"

/** look_ask, look_answer - as struct leftover_host wants them; @data is the agent. */
void look_ask(void *data, const struct proto_range *ranges, unsigned int n);
unsigned int look_answer(void *data, struct proto_holder *ret);

/** look_answered - HOLDERS lies in in_body. */
void look_answered(struct agent *a);

#endif
