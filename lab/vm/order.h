/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an honest agent may say next. Its port can come into other hands: whoever speaks
 * in its place must at least tell a whole job, from the first phase to the last, and
 * cannot take a word back or say one early. What the order allows is believed to be the
 * agent's, but for DONE, which brings its secret.
 */
#ifndef KMLAB_LAB_VM_ORDER_H
#define KMLAB_LAB_VM_ORDER_H

#include "vm.h"

struct order {
	const struct lab_guest_job *job;
	enum lab_phase phase; /* the last one begun */
	bool greeted, load_failed, commanded, unload_failed, again, done;
	unsigned int looks;
};

/** order_takes - is it the turn of @f? If not, who sent it is no agent of ours. */
bool order_takes(struct order *o, const struct frame *f);

#endif
