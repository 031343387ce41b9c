/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The agent: PID 1 of every guest. One struct (below), one loop (loop.h), no threads.
 * What may die or hang in the kernel is done by a forked child, so that the agent stays
 * alive and can report it.
 *
 * From the top down: main.c does the steps (steps.h) one after the other; the steps wait
 * in the loop (loop.c); the loop serves the host (port.c), the kernel's log (kmsg.c) and
 * the command's streams (stream.c); small.c and calls.c know nothing of the agent. A file
 * calls only what is named after it.
 */
#ifndef KMLAB_GUEST_AGENT_H
#define KMLAB_GUEST_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "guest/leftovers/leftovers.h"
#include "guest/proto.h"

#include "stream.h"

#define AGENT_MAX_RANGES 256
#define AGENT_BUFFER	 (32 * 1024) /* largest write virtio_console takes in one piece */

struct agent {
	int control, port_in, port_out, port_err;
	int kmsg;
	int child_fd; /* signalfd for SIGCHLD */
	pid_t child;  /* the one waited for, 0: none */
	bool child_ended;
	int child_status;  /* as from waitpid */
	uint32_t waits;	   /* number of the last WAIT */
	bool given_up;	   /* the host has answered it */
	uint64_t spoke_ms; /* when the last frame was sent */
	uint64_t log_lost, log_seq;
	uint32_t phase, lost_phase; /* enum proto_phase: the one that goes on, and see
				       proto_done */
	bool may_live;		    /* the host has looked, and answered AGAIN */
	bool again;  /* the job is over and lives again (again.c): not to be told of */
	bool broken; /* a call stalled: the kernel is not to be asked for more */

	struct proto_start start;
	uint8_t *secret; /* of START; on a page of which no child gets a copy */
	uint8_t challenge[PROTO_NONCE_SIZE];
	bool challenged; /* the host has sent it */
	int mounts;	 /* the namespace of mounts in which the command lives, or -1 */
	bool by_rights;	 /* see guard.c */
	int mountinfo;	 /* of our own namespace */
	uint64_t mounts_known;
	int disk, random, taint; /* opened before the save: a clone need not */
	uint64_t taint_before;	 /* of the kernel's own making */
	char *payload;
	size_t payload_size;

	struct proto_command command; /* how it ended */
	uint64_t command_ms;	      /* how long it took */
	struct stream in, out, err;
	uint64_t in_total; /* promised by STDIN_END */
	bool in_total_known;
	int pty;   /* master side, -1: none */
	int relay; /* frames of the child that copies files, -1: none */

	struct leftover_range ranges[AGENT_MAX_RANGES];
	unsigned int n_ranges;
	bool leftovers_partial;
	unsigned int harmful; /* leftovers that are more than memory */

	struct proto_frame in_head; /* frame being received */
	char in_body[PROTO_MAX_ANSWER];
	size_t in_got;
};

#endif
