/* SPDX-License-Identifier: GPL-2.0-only */
/* Pointers of the kernel into modules that are gone. */
#ifndef KMLAB_GUEST_POINTERS_H
#define KMLAB_GUEST_POINTERS_H

#include "trace_state.h"

/** pointers_begin - have the host look for pointers into modules that are gone. */
void pointers_begin(const struct trace *t, const struct leftover_host *host);

/** pointers_end - take its answer, and report what is found again and again. */
void pointers_end(struct trace *t, const struct leftover_host *host, leftover_fn report,
		  void *data);

#endif
