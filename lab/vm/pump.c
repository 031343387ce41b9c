// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pump.h"

void pump_init(struct pump *p, int from, int to)
{
	struct stat st;

	p->from = from;
	p->to = to;
	p->start = p->end = 0;
	p->taken = 0;
	p->ended = from < 0;
	p->broken = false;
	p->piece = PIPE_BUF;
	if (to >= 0 && fstat(to, &st) == 0 && S_ISREG(st.st_mode))
		p->piece = sizeof(p->data);
}

bool pump_empty(const struct pump *p)
{
	return p->start == p->end;
}

struct pollfd pump_want(const struct pump *p)
{
	if (!pump_empty(p))
		return (struct pollfd){p->to, POLLOUT, 0};
	return (struct pollfd){p->ended ? -1 : p->from, POLLIN, 0};
}

static void fill(struct pump *p)
{
	ssize_t n = read(p->from, p->data, sizeof(p->data));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		p->ended = true;
		return;
	}
	p->taken += (uint64_t)n;
	if (p->to < 0 || p->broken)
		return; /* read and dropped: the other side must not wait for us */
	p->start = 0;
	p->end = (size_t)n;
}

/* When the reader has gone away, SIGPIPE must not kill this process; for a socket there
 * is a flag. */
static ssize_t write_quietly(int fd, const char *data, size_t len)
{
	ssize_t n = send(fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	sigset_t pipe_set, old;
	struct timespec now = {0, 0};

	if (n >= 0 || errno != ENOTSOCK)
		return n;
	sigemptyset(&pipe_set);
	sigaddset(&pipe_set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe_set, &old);
	n = write(fd, data, len);
	if (n < 0 && errno == EPIPE && !sigismember(&old, SIGPIPE)) {
		sigtimedwait(&pipe_set, NULL, &now);
		errno = EPIPE;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return n;
}

static void empty(struct pump *p)
{
	size_t len = p->end - p->start;
	ssize_t n =
		write_quietly(p->to, p->data + p->start, len < p->piece ? len : p->piece);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		p->broken = true;
		p->start = p->end;
		return;
	}
	p->start += (size_t)n;
}

void pump_step(struct pump *p)
{
	if (pump_empty(p))
		fill(p);
	else
		empty(p);
}
