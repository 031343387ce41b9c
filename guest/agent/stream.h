/* SPDX-License-Identifier: GPL-2.0-only */
/* The command's standard streams: one buffer each, filled, then emptied, then filled
 * again. */
#ifndef KMLAB_GUEST_STREAM_H
#define KMLAB_GUEST_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One direction; nothing here is closed but by stream_end_input(). */
struct stream {
	int from, to; /* -1: closed */
	char data[8192];
	size_t start, end; /* bytes waiting in data */
	uint64_t total;	   /* bytes written to @to */
	bool ended;	   /* @from has no more */
};

/** stream_want_read - is there room, and a source that may have more? */
bool stream_want_read(const struct stream *s);

/** stream_want_write - do bytes wait to be written? */
bool stream_want_write(const struct stream *s);

/** stream_pump - one read or write, and no wait: both ends are non-blocking. */
void stream_pump(struct stream *s);

/** stream_end_input - tell the command that its input is over, once it has had the
 *  @promised bytes: closes the pipe, or types Ctrl-D at @terminal unless that is -1. */
void stream_end_input(struct stream *s, uint64_t promised, int terminal);

/** stream_window - the size of the user's window; ignored without a @terminal (-1). */
void stream_window(int terminal, unsigned int rows, unsigned int cols);

#endif
