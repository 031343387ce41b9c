// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <unistd.h>

#include "port.h"
#include "relay.h"

static char buf[AGENT_BUFFER];
static size_t got;

void relay_begin(struct agent *a, int from)
{
	a->relay = from;
	got = 0;
}

/* The length of the frame that begins in buf; 0: not all of its head is there yet. A head
 * that our own child cannot have written ends the relay. */
static size_t frame_length(struct agent *a)
{
	struct proto_frame head;

	if (got < sizeof(head))
		return 0;
	memcpy(&head, buf, sizeof(head));
	if (head.magic == PROTO_MAGIC &&
	    (head.type == PROTO_FILE || head.type == PROTO_FILE_DATA) &&
	    head.length <= sizeof(buf) - sizeof(head))
		return sizeof(head) + head.length;
	close(a->relay);
	a->relay = -1;
	got = 0;
	return 0;
}

bool relay_pump(struct agent *a)
{
	ssize_t n = a->relay < 0 ? 0 : read(a->relay, buf + got, sizeof(buf) - got);
	size_t len;

	if (n <= 0)
		return false;
	got += (size_t)n;
	while ((len = frame_length(a)) && len <= got) {
		port_pass(a, buf, len);
		got -= len;
		memmove(buf, buf + len, got);
	}
	return true;
}

void relay_end(struct agent *a)
{
	while (relay_pump(a))
		;
	if (a->relay >= 0)
		close(a->relay);
	a->relay = -1;
}
