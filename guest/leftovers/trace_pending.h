/* SPDX-License-Identifier: GPL-2.0-only */
/* Objects that wait to be freed. */
#ifndef KMLAB_GUEST_TRACE_PENDING_H
#define KMLAB_GUEST_TRACE_PENDING_H

#include "trace_state.h"

/** trace_watch_pending - attach to kfree_rcu(). */
void trace_watch_pending(struct trace *t);

/** trace_is_pending - was @object given to kfree_rcu() of late? */
bool trace_is_pending(const struct trace *t, uint64_t object);

#endif
