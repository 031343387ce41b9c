/* SPDX-License-Identifier: GPL-2.0-only */
/* Watching what stays in lists of the kernel, noted as struct entry. */
#ifndef KMLAB_GUEST_REGISTRY_H
#define KMLAB_GUEST_REGISTRY_H

#include "trace_state.h"

/** registry_watch - attach to the kernel's register and unregister functions. */
void registry_watch(struct trace *t);

/** registry_report - what is registered still. */
void registry_report(const struct trace *t, const struct leftover_range *ranges,
		     unsigned int n_ranges, leftover_fn report, void *data);

#endif
