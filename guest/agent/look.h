/* SPDX-License-Identifier: GPL-2.0-only */
/* What the host sees in our memory. */
#ifndef KMLAB_GUEST_LOOK_H
#define KMLAB_GUEST_LOOK_H

#include "agent.h"

/** look_ask - a pointers_ask_fn; @data is the agent. */
unsigned int look_ask(void *data, const struct proto_range *ranges, unsigned int n,
		      struct proto_holder *ret);

/** look_answered - HOLDERS lies in in_body. */
void look_answered(struct agent *a);

#endif
