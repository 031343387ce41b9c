// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "stream.h"

bool stream_want_write(const struct stream *s)
{
	return s->to >= 0 && s->start < s->end;
}

bool stream_want_read(const struct stream *s)
{
	return s->from >= 0 && s->to >= 0 && !s->ended && s->start == s->end;
}

static bool again(ssize_t n)
{
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void stream_read(struct stream *s)
{
	ssize_t n = read(s->from, s->data, sizeof(s->data));

	if (again(n))
		return;
	if (n <= 0) { /* EIO from a terminal: its last user is gone */
		s->ended = true;
		return;
	}
	s->start = 0;
	s->end = (size_t)n;
}

static void stream_write(struct stream *s)
{
	ssize_t n = write(s->to, s->data + s->start, s->end - s->start);

	if (again(n))
		return;
	if (n < 0) { /* EPIPE: the command reads no more */
		s->ended = true;
		s->start = s->end;
		return;
	}
	s->start += (size_t)n;
	s->total += (uint64_t)n;
}

void stream_pump(struct stream *s)
{
	if (stream_want_read(s))
		stream_read(s);
	if (stream_want_write(s))
		stream_write(s);
}

void stream_end_input(struct stream *s, uint64_t promised, int terminal)
{
	if (s->ended || s->total < promised || s->to < 0)
		return;
	s->ended = true;
	if (terminal < 0) {
		close(s->to);
		s->to = -1;
	} else {
		(void)!write(terminal, "\004", 1);
	}
}

void stream_window(int terminal, unsigned int rows, unsigned int cols)
{
	struct winsize size = {.ws_row = (unsigned short)rows,
			       .ws_col = (unsigned short)cols};

	if (terminal >= 0 && rows && cols)
		ioctl(terminal, TIOCSWINSZ, &size);
}
