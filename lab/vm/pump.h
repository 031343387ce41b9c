/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One direction of a byte stream between a descriptor of the user's and a port's socket.
 * The user's descriptors are taken as they are, blocking or not, and stay so: a poll
 * comes before each call, and no write is larger than what a ready pipe takes without
 * blocking.
 */
#ifndef KMLAB_LAB_VM_PUMP_H
#define KMLAB_LAB_VM_PUMP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pump {
	int from, to; /* to -1: discard */
	char data[32768];
	size_t start, end;
	uint64_t taken;	    /* bytes read from @from */
	size_t piece;	    /* largest write */
	bool ended, broken; /* @from has no more; @to takes no more */
};

void pump_init(struct pump *p, int from, int to);
/** pump_want - what to poll for; fd -1: nothing. */
struct pollfd pump_want(const struct pump *p);
/** pump_step - after a poll that answered pump_want. */
void pump_step(struct pump *p);
/** pump_empty - nothing on its way. */
bool pump_empty(const struct pump *p);

#endif
