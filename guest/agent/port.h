/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames (guest/proto.h) over the virtio-serial ports. */
#ifndef KMLAB_GUEST_PORT_H
#define KMLAB_GUEST_PORT_H

#include "agent.h"

/** port_open - wait for the port and open it, non-blocking; a file or -errno. */
int port_open(unsigned int port);

/** port_send - one frame: @fixed, then @rest, of which what is too long is cut off. */
void port_send(struct agent *a, enum proto_type type, const void *fixed, size_t fixed_len,
	       const void *rest, size_t rest_len);

/** port_pass - a frame that is whole already, with its head. */
void port_pass(struct agent *a, const void *frame, size_t len);

/** port_send_strings - one frame: @fixed, then two strings; @s2 may be NULL. */
void port_send_strings(struct agent *a, enum proto_type type, const void *fixed,
		       size_t fixed_len, const char *s1, const char *s2);

/** port_receive - read what is there; true once a whole frame lies in in_head, in_body.
 */
bool port_receive(struct agent *a);

/** port_trouble - the guest itself cannot do the job: @what failed with @err (-errno). */
void port_trouble(struct agent *a, const char *what, int err);

#endif
