/* SPDX-License-Identifier: GPL-2.0-only */
/* Pointers of the kernel into modules that are gone. */
#ifndef KMLAB_GUEST_POINTERS_H
#define KMLAB_GUEST_POINTERS_H

#include "trace_state.h"

/** pointers_collect - as leftovers_pointers(), after trace_collect(). */
void pointers_collect(const struct trace *t, pointers_ask_fn ask, leftover_fn report,
		      void *data);

#endif
