// SPDX-License-Identifier: GPL-2.0-only
/* Frames from and to the agent. What the guest sends is not to be trusted. */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "vm.h"

ssize_t frames_read(struct frames *f, int fd)
{
	char buf[64 * 1024];
	ssize_t n;

	if (f->done) {
		text_keep_tail(&f->in, f->in.len - f->done);
		f->done = 0;
	}
	n = recv(fd, buf, sizeof(buf), 0);
	if (n < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	text_add(&f->in, buf, (size_t)n);
	return n;
}

int frames_next(struct frames *f, struct frame *ret)
{
	size_t have = f->in.len - f->done;
	struct proto_frame head;

	if (have < sizeof(head))
		return 0;
	memcpy(&head, f->in.s + f->done, sizeof(head));
	if (head.magic != PROTO_MAGIC || head.version != PROTO_VERSION ||
	    head.length > PROTO_MAX_FRAME)
		return -EPROTO;
	if (have < sizeof(head) + head.length)
		return 0;
	ret->type = head.type;
	ret->data = f->in.s + f->done + sizeof(head);
	ret->len = head.length;
	f->done += sizeof(head) + head.length;
	return 1;
}

void frames_deinit(struct frames *f)
{
	text_deinit(&f->in);
	f->done = 0;
}

void frame_append(struct text *to, const struct frame *f)
{
	struct proto_frame head = {PROTO_MAGIC, PROTO_VERSION, (uint16_t)f->type,
				   (uint32_t)f->len};

	text_add(to, &head, sizeof(head));
	if (f->len)
		text_add(to, f->data, f->len);
}

int frame_send(int fd, enum proto_type type, const void *data, size_t len)
{
	struct proto_frame head = {PROTO_MAGIC, PROTO_VERSION, (uint16_t)type,
				   (uint32_t)len};
	char buf[sizeof(head) + PROTO_MAX_ANSWER];
	size_t size = sizeof(head) + len;

	if (size > sizeof(buf))
		return -EMSGSIZE;
	memcpy(buf, &head, sizeof(head));
	if (len)
		memcpy(buf + sizeof(head), data, len);
	/* The socket buffer holds hundreds of frames: a short write means that the agent
	 * does not read. */
	return send(fd, buf, size, MSG_NOSIGNAL) == (ssize_t)size ? 0 : -EPIPE;
}
