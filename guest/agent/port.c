// SPDX-License-Identifier: GPL-2.0-only
/* Frames over virtio-serial ports. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "port.h"
#include "small.h"

/* The first number in vport0p1 is the device's place on the bus, which varies. */
static int open_once(unsigned int port)
{
	char suffix[16], path[300];
	struct dirent *e;
	int fd = -ENOENT;
	DIR *dir = opendir("/sys/class/virtio-ports");

	if (!dir)
		return -errno;
	snprintf(suffix, sizeof(suffix), "p%u", port);
	while ((e = readdir(dir))) {
		const char *p = strrchr(e->d_name, 'p');

		if (e->d_name[0] != 'v' || !p || strcmp(p, suffix))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", e->d_name);
		fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			fd = -errno;
		break;
	}
	closedir(dir);
	return fd;
}

int port_open(unsigned int port)
{
	uint64_t end = now_ms() + 20000;
	int fd;

	/* Ports appear when the host has answered the driver: shortly after its load. */
	while ((fd = open_once(port)) < 0 && now_ms() < end)
		usleep(5000);
	return fd;
}

/*
 * The port is non-blocking: a blocking write would spin in the kernel with interrupts off
 * until the host has taken the bytes.
 */
static void write_all(int fd, const void *data, size_t size)
{
	const char *p = data;

	while (size) {
		ssize_t n = write(fd, p, size < AGENT_BUFFER ? size : AGENT_BUFFER);
		struct pollfd wait = {fd, POLLOUT, 0};

		if (n > 0) {
			p += n;
			size -= (size_t)n;
		} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
			return; /* the host is gone, and so are we, soon */
		} else {
			poll(&wait, 1, 1000);
		}
	}
}

void port_pass(struct agent *a, const void *frame, size_t len)
{
	write_all(a->control, frame, len);
	a->spoke_ms = now_ms();
}

void port_send(struct agent *a, enum proto_type type, const void *fixed, size_t fixed_len,
	       const void *rest, size_t rest_len)
{
	static char buf[sizeof(struct proto_frame) + PROTO_MAX_FRAME];
	struct proto_frame head = {PROTO_MAGIC, PROTO_VERSION, (uint16_t)type, 0};

	if (fixed_len + rest_len > PROTO_MAX_FRAME)
		rest_len = PROTO_MAX_FRAME - fixed_len;
	head.length = (uint32_t)(fixed_len + rest_len);
	memcpy(buf, &head, sizeof(head));
	if (fixed_len)
		memcpy(buf + sizeof(head), fixed, fixed_len);
	if (rest_len)
		memcpy(buf + sizeof(head) + fixed_len, rest, rest_len);
	port_pass(a, buf, sizeof(head) + head.length);
}

void port_send_strings(struct agent *a, enum proto_type type, const void *fixed,
		       size_t fixed_len, const char *s1, const char *s2)
{
	char buf[4096];
	int n = snprintf(buf, sizeof(buf), "%s%c%s", s1, 0, s2 ? s2 : "");
	size_t len = n < (int)sizeof(buf) ? (size_t)n + 1 : sizeof(buf);

	port_send(a, type, fixed, fixed_len, buf, len);
}

void port_trouble(struct agent *a, const char *what, int err)
{
	char text[256];
	int n = snprintf(text, sizeof(text), "%s: %s", what, strerror(-err));

	port_send(a, PROTO_TROUBLE, NULL, 0, text, (size_t)n + 1);
}

static bool fill(struct agent *a, void *to, size_t from, size_t want)
{
	while (a->in_got < from + want) {
		size_t have = a->in_got - from;
		ssize_t n = read(a->control, (char *)to + have, want - have);

		if (n <= 0)
			return false; /* nothing now, or no host yet */
		a->in_got += (size_t)n;
	}
	return true;
}

bool port_receive(struct agent *a)
{
	struct proto_frame *head = &a->in_head;

	if (a->in_got < sizeof(*head) && !fill(a, head, 0, sizeof(*head)))
		return false;
	if (head->magic != PROTO_MAGIC || head->length > sizeof(a->in_body)) {
		a->in_got = 0; /* not ours; look at what comes next */
		return false;
	}
	if (!fill(a, a->in_body, sizeof(*head), head->length))
		return false;
	a->in_got = 0;
	return true;
}
